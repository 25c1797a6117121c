/**
 * Proves what answers an error: not-found and error pages by path segment,
 * plain answers without them, and that an error's own text never gets out.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { App, HttpError, type PageProps } from "fresh";

async function ask(app: App<unknown>, path: string, method = "GET") {
  const res = await app.handler()(
    new Request(`http://localhost${path}`, { method }),
  );
  return [res.status, await res.text()] as const;
}

/** Runs with console.error recorded instead of shown. */
async function recordingErrors<T>(run: () => Promise<T>) {
  const target = globalThis.console;
  const original = target.error;
  const logged: unknown[] = [];
  target.error = (...args: unknown[]) => logged.push(...args);
  try {
    return { result: await run(), logged };
  } finally {
    target.error = original;
  }
}

function thrower(error: unknown): () => never {
  return () => {
    throw error;
  };
}

Deno.test("an error is answered with a bare 500 and logged", async () => {
  const error = new Error("password is hunter2");
  const app = new App().get("/", thrower(error));
  const { result, logged } = await recordingErrors(() => ask(app, "/"));
  assertEquals(result, [500, "Internal server error"]);
  assertEquals(logged, [error]);
});

Deno.test("an HttpError is answered with its message or its status text", async () => {
  const app = new App()
    .get("/own", thrower(new HttpError(422, "Name the key")))
    .get("/text", thrower(new HttpError(413)));
  assertEquals(await ask(app, "/own"), [422, "Name the key"]);
  assertEquals(await ask(app, "/text"), [413, "Content Too Large"]);
});

Deno.test("an HttpError from 500 on is logged, others are not", async () => {
  const app = new App().get("/5", thrower(new HttpError(503)))
    .get("/4", thrower(new HttpError(400)));
  const { logged } = await recordingErrors(async () => {
    await ask(app, "/5");
    await ask(app, "/4");
  });
  assertEquals(logged.length, 1);
});

Deno.test("a handler that returns no response is a 500", async () => {
  // @ts-expect-error: the types refuse it as well.
  const app = new App().get("/", () => undefined);
  const { result, logged } = await recordingErrors(() => ask(app, "/"));
  assertEquals(result[0], 500);
  assertStringIncludes(String(logged[0]), "Response");
});

Deno.test("notFound() answers unknown paths and every HttpError 404", async () => {
  const app = new App()
    .notFound((ctx) => ctx.text(`none: ${ctx.route}`, { status: 404 }))
    .get("/a/b", thrower(new HttpError(404)));
  assertEquals(await ask(app, "/x"), [404, "none: null"]);
  assertEquals(await ask(app, "/a/b"), [404, "none: /a/b"]);
});

Deno.test("an HttpError 404 becomes the not-found page before an outer folder's middleware or onError sees it", async () => {
  const seen: unknown[] = [];
  const app = new App()
    .use("/api", async (ctx) => {
      try {
        return await ctx.next();
      } catch (error) {
        seen.push(error);
        throw error;
      }
    })
    .onError("/api", () => new Response("api error"))
    .notFound(() => new Response("none", { status: 404 }))
    .get("/api/v1/x", thrower(new HttpError(404)))
    .get("/api/v1/y", thrower(new HttpError(409)));
  assertEquals(await ask(app, "/api/v1/x"), [404, "none"]);
  assertEquals(seen.length, 0);
  assertEquals(await ask(app, "/api/v1/y"), [200, "api error"]);
  assertEquals(seen.length, 1);
});

Deno.test("the not-found page counts even if it is registered last", async () => {
  const app = new App().get("/a", thrower(new HttpError(404)))
    .notFound(() => new Response("none", { status: 404 }));
  assertEquals(await ask(app, "/a"), [404, "none"]);
});

Deno.test("onError() of the innermost segment answers, with the error on ctx", async () => {
  const app = new App()
    .onError("*", (ctx) => ctx.text(`root: ${ctx.error}`, { status: 500 }))
    .onError("/a/b", (ctx) => ctx.text(`inner: ${ctx.error}`, { status: 500 }))
    .get("/a/b/c", thrower(new Error("deep")))
    .get("/a/c", thrower(new Error("shallow")));
  assertEquals(await ask(app, "/a/b/c"), [500, "inner: Error: deep"]);
  assertEquals(await ask(app, "/a/c"), [500, "root: Error: shallow"]);
});

Deno.test("an error in an error page goes to the next one further out", async () => {
  const app = new App()
    .onError("*", (ctx) => ctx.text(`root: ${ctx.error}`))
    .onError("/a", thrower(new Error("second")))
    .get("/a/b", thrower(new Error("first")));
  assertEquals(await ask(app, "/a/b"), [200, "root: Error: second"]);
});

Deno.test("an error page is rendered with the status of the error", async () => {
  const app = new App()
    .onError("*", {
      component: ({ error }: PageProps) => (
        <p>{error instanceof HttpError ? error.status : "other"}</p>
      ),
    })
    .get("/a", thrower(new HttpError(403)))
    .get("/b", thrower(new Error("secret")));
  const [status, text] = await ask(app, "/a");
  assertEquals(status, 403);
  assertStringIncludes(text, "<p>403</p>");
  const [other, page] = await ask(app, "/b");
  assertEquals(other, 500);
  assert(!page.includes("secret"));
});

Deno.test("without a not-found page, onError() answers 404 and 405 too", async () => {
  const app = new App()
    .onError("*", (ctx) =>
      ctx.text("page", {
        status: ctx.error instanceof HttpError ? ctx.error.status : 500,
      }))
    .get("/a", () => new Response());
  assertEquals(await ask(app, "/none"), [404, "page"]);
  assertEquals(await ask(app, "/a", "PUT"), [405, "page"]);
});

Deno.test("a route with neither handler nor component is a 404", async () => {
  assertEquals(await ask(new App().route("/a", {}), "/a"), [404, "Not Found"]);
});
