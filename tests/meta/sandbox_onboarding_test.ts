/** The sandbox's calls that prepare a number: it takes what Meta takes, and refuses the rest with Meta's codes. */
import { assertEquals } from "@std/assert";
import { createSandbox, type SandboxOptions } from "@/lib/meta/sandbox.ts";
import { NUMBER, TOKEN } from "@/tests/meta/graph_calls.ts";
import { call } from "@/tests/meta/sandbox_calls.ts";

const number = { ...NUMBER, displayPhoneNumber: "+1 555-010-0000", verifiedName: "Acme" };

function makeSandbox(options: Partial<SandboxOptions> = {}) {
  return createSandbox({
    isKnownNumber: (id) => id === NUMBER.id,
    checkToken: (token) => token === TOKEN,
    describeNumber: () => number,
    listNumbers: (wabaId) => wabaId === NUMBER.wabaId ? [number] : null,
    ...options,
  });
}

const register = { method: "POST", path: `/${NUMBER.id}/register` };
const subscribed = `/${NUMBER.wabaId}/subscribed_apps`;
const body = { messaging_product: "whatsapp", pin: "123456" };

Deno.test("sandbox registers a number with a PIN of six digits and nothing else", async () => {
  const pins: string[] = [];
  const sandbox = makeSandbox({
    registerNumber: (_id, pin) => {
      pins.push(pin);
      return null;
    },
  });
  const done = await call(sandbox, { ...register, body });
  assertEquals<unknown>([done.status, done.body, pins], [200, { success: true }, ["123456"]]);
  for (
    const [wrong, code] of [
      [{ messaging_product: "whatsapp" }, 131008],
      [{ ...body, pin: "12345" }, 131009],
      [{ ...body, pin: 123456 }, 100],
      [{ ...body, messaging_product: "sms" }, 100],
      [{ ...body, colour: "red" }, 100],
    ] as const
  ) {
    const answer = await call(sandbox, { ...register, body: wrong });
    assertEquals(answer.body.error?.code, code, JSON.stringify(wrong));
  }
  assertEquals(pins.length, 1);
});

Deno.test("sandbox refuses a registration with the code it is told", async () => {
  for (const code of [133005, 133006]) {
    const sandbox = makeSandbox({ registerNumber: () => code });
    assertEquals((await call(sandbox, { ...register, body })).body.error?.code, code);
  }
  const unknown = await call(makeSandbox(), { method: "POST", path: "/99/register", body });
  assertEquals(unknown.body.error?.code, 100);
});

Deno.test("sandbox lists and subscribes the apps of an account", async () => {
  const apps: { id: string; name: string }[] = [];
  const sandbox = makeSandbox({
    listSubscribedApps: () => apps,
    subscribeApp: () => apps.push({ id: "7", name: "Ours" }),
  });
  const list = async () => (await call(sandbox, { method: "GET", path: subscribed })).body.data;
  assertEquals(await list(), []);
  const done = await call(sandbox, { path: subscribed });
  assertEquals<unknown>([done.status, done.body], [200, { success: true }]);
  assertEquals(await list(), [{
    whatsapp_business_api_data: {
      id: "7",
      name: "Ours",
      link: "https://www.facebook.com/games/?app_id=7",
    },
  }]);
  for (
    const [path, refused, code] of [
      [subscribed, { override_callback_uri: "no address" }, 100],
      [subscribed, { colour: "red" }, 100],
      ["/99/subscribed_apps", undefined, 100],
    ] as const
  ) {
    const answer = await call(sandbox, {
      path,
      ...(refused === undefined ? {} : { body: refused }),
    });
    assertEquals(answer.body.error?.code, code);
  }
});

Deno.test("sandbox wants the permission that a call needs", async () => {
  const only = (permission: string) =>
    makeSandbox({ describeToken: () => ({ permissions: [permission] }) });
  const sender = only("whatsapp_business_messaging");
  for (const path of [`/${NUMBER.id}`, `/${NUMBER.wabaId}/phone_numbers`, subscribed]) {
    const answer = await call(sender, { method: "GET", path });
    assertEquals([answer.status, answer.body.error?.code], [403, 200], path);
  }
  assertEquals((await call(sender, { ...register, body })).body.error?.code, 200);
  assertEquals((await call(only("whatsapp_business_management"))).body.error?.code, 200);
});

Deno.test("sandbox lets an app inspect tokens if its secret is right", async () => {
  const sandbox = makeSandbox({ checkApp: ({ id, secret }) => id === "7" && secret === "s" });
  const inspect = (bearer: string) =>
    call(sandbox, {
      method: "GET",
      path: "/debug_token",
      query: { input_token: TOKEN },
      authorization: `Bearer ${bearer}`,
    });
  assertEquals((await inspect("7|s")).status, 200);
  for (const wrong of ["7|x", "8|s", "7|"]) {
    assertEquals((await inspect(wrong)).body.error?.code, 1, wrong);
  }
});

Deno.test("sandbox sends nothing from a number that is not registered", async () => {
  const sandbox = makeSandbox({
    describeNumber: () => ({ ...number, platformType: "NOT_APPLICABLE" }),
  });
  const answer = await call(sandbox, {
    body: {
      messaging_product: "whatsapp",
      to: "+14155550123",
      type: "text",
      text: { body: "Hello" },
    },
  });
  assertEquals(answer.body.error?.code, 133010);
});
