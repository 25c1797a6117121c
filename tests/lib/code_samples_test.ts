/**
 * The code samples do what they show, whatever the message holds: they are run by the shell, curl, Python and Deno
 * against a server that records what arrives. Where curl or Python is missing, its case is skipped.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type CodeSampleId, codeSamples } from "@/lib/code_samples.ts";

const NASTY_TEXTS = [
  "plain",
  "It's \"quoted\" and 'quoted' and `ticked`",
  "two\nlines\r\nand a tab\t",
  "back\\slash \\n \\u0041 \\' \\\"",
  "$HOME $(id) ${HOME} `id` !! !$ %s %d {0}",
  "{{ $json.x }} ={{ 1 }} <%= 1 %>",
  "</script><!-- & &amp; -->",
  "Grüße, 你好, שלום, 😀👩‍👩‍👧",
  "zero\u200bwidth \u202eright-to-left\u202c \ufeff \u2028 \u2029 \u007f \u0000 \u001b[31m",
  "half a pair: \ud800",
  "'''\"\"\"\\",
  "@/etc/passwd",
  "",
];

const BODIES: Record<string, unknown>[] = [
  ...NASTY_TEXTS.map((text) => ({ to: "+14155550123", text })),
  {},
  {
    to: "+14155550123",
    type: "template",
    template: {
      name: "order",
      params: {
        body: { "first-name": "Ann", class: "x", 'quo"te': "y", "it's": "z" },
        buttonParams: { "0": "a?b=c&d" },
        list: [true, false, null, 1.5, -3, 1e21, [], {}, [{ a: [1] }]],
      },
    },
  },
  JSON.parse('{"__proto__": {"to": "x"}, "constructor": 1}'),
];

const KEY = `wacrm_test_it's"\\$HOME`;
const IDEMPOTENCY_KEY = `order'"\\$(id)-1`;

interface Received {
  path: string;
  authorization: string | null;
  idempotencyKey: string | null;
  contentType: string | null;
  body: unknown;
}

/** Runs something against a server that records, and gives what it got. */
async function recorded(run: (baseUrl: string) => Promise<void>): Promise<Received[]> {
  const received: Received[] = [];
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (
    req,
  ) => {
    received.push({
      path: `${req.method} ${new URL(req.url).pathname}`,
      authorization: req.headers.get("authorization"),
      idempotencyKey: req.headers.get("idempotency-key"),
      contentType: req.headers.get("content-type"),
      body: await req.json(),
    });
    return Response.json({ data: { message_id: "m1" } }, { status: 201 });
  });
  await run(`http://127.0.0.1:${server.addr.port}/`);
  return received;
}

function sample(
  id: CodeSampleId,
  request: Parameters<typeof codeSamples>[0],
): string {
  const found = codeSamples(request).find((entry) => entry.id === id);
  assert(found !== undefined);
  return found.code;
}

function samplesOf(id: CodeSampleId, baseUrl: string): string[] {
  return BODIES.flatMap((body) => [
    sample(id, { baseUrl, apiKey: KEY, body, idempotencyKey: IDEMPOTENCY_KEY }),
    sample(id, { baseUrl, apiKey: null, body }),
  ]);
}

function expected(): Received[] {
  return BODIES.flatMap((body) =>
    [
      { authorization: `Bearer ${KEY}`, idempotencyKey: IDEMPOTENCY_KEY },
      { authorization: "Bearer key-of-the-environment", idempotencyKey: null },
    ].map((headers) => ({
      path: "POST /api/v1/messages",
      ...headers,
      contentType: "application/json",
      body: JSON.parse(JSON.stringify(body)),
    }))
  );
}

async function run(program: string, args: string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args,
    env: { API_KEY: "key-of-the-environment", LC_ALL: "C.UTF-8" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  assertEquals(code, 0, decoder.decode(stderr).slice(0, 2_000));
  return decoder.decode(stdout);
}

async function exists(program: string): Promise<boolean> {
  try {
    return (await new Deno.Command(program, { args: ["--version"], stdout: "null", stderr: "null" })
      .output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** A file whose name ends as the program wants it. */
async function withFile(
  options: { suffix: string; text: string; use: (path: string) => Promise<unknown> },
): Promise<void> {
  const path = await Deno.makeTempFile({ suffix: options.suffix });
  try {
    await Deno.writeTextFile(path, options.text);
    await options.use(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test({
  name: "The curl sample sends the body and the headers exactly, whatever they hold",
  ignore: !await exists("curl"),
  fn: async () => {
    const received = await recorded(async (baseUrl) => {
      await withFile({
        suffix: ".sh",
        text: samplesOf("curl", baseUrl).map((code) => `${code} -sS -o /dev/null`).join("\n"),
        use: (path) => run("sh", [path]),
      });
    });
    assertEquals(received, expected());
  },
});

Deno.test("The curl sample is one command whose words the shell takes as they are", async () => {
  const text = samplesOf("curl", "http://localhost").join("\n");
  let output = "";
  await withFile({
    suffix: ".sh",
    text: `curl() { for word in "$@"; do printf '%s\\n\\001' "$word"; done; }\n${text}`,
    use: async (path) => output = await run("sh", [path]),
  });
  const bodies = output.split("\n\x01").filter((word) => word.startsWith("{"));
  assertEquals(bodies.map((body) => JSON.parse(body)), expected().map(({ body }) => body));
});

Deno.test({
  name: "The Python sample sends the body and the headers exactly, whatever they hold",
  ignore: !await exists("python3"),
  fn: async () => {
    const received = await recorded(async (baseUrl) => {
      await withFile({
        suffix: ".py",
        text: samplesOf("python", baseUrl).join("\n"),
        use: (path) => run("python3", [path]),
      });
    });
    assertEquals(received, expected());
  },
});

Deno.test("The TypeScript sample sends the body and the headers exactly, whatever they hold", async () => {
  const received = await recorded(async (baseUrl) => {
    await withFile({
      suffix: ".ts",
      // A block each, so that their names do not meet.
      text: samplesOf("typescript", baseUrl).map((code) => `{\n${code}\n}`).join("\n"),
      use: (path) => run(Deno.execPath(), ["run", "--quiet", "--no-config", "-A", path]),
    });
  });
  assertEquals(received, expected());
});

Deno.test("The n8n sample is a workflow of one HTTP Request node with fixed values", () => {
  for (const body of BODIES) {
    const code = sample("n8n", {
      baseUrl: "https://messages.example.com",
      apiKey: KEY,
      body,
      idempotencyKey: IDEMPOTENCY_KEY,
    });
    const [node] = JSON.parse(code).nodes;
    assertEquals(node.type, "n8n-nodes-base.httpRequest");
    const { parameters } = node;
    assertEquals(JSON.parse(parameters.jsonBody), JSON.parse(JSON.stringify(body)));
    assertEquals(parameters.url, "https://messages.example.com/api/v1/messages");
    assertEquals(parameters.headerParameters.parameters, [
      { name: "Authorization", value: `Bearer ${KEY}` },
      { name: "Idempotency-Key", value: IDEMPOTENCY_KEY },
      { name: "Content-Type", value: "application/json" },
    ]);
    for (const value of [parameters.jsonBody, parameters.url]) {
      assert(!value.startsWith("="), "n8n would evaluate it");
    }
  }
});

Deno.test("No sample holds a character that cannot be seen", () => {
  for (const body of BODIES) {
    for (const { id, code } of codeSamples({ baseUrl: "http://localhost", apiKey: KEY, body })) {
      // The joiners inside an emoji are seen as the emoji they make, but are escaped all the same.
      const found = /[^\n\P{C}]|\p{Zl}|\p{Zp}/u.exec(code);
      assertEquals(found?.[0].codePointAt(0), undefined, id);
    }
  }
});

Deno.test("Samples without a key name the place where it belongs", () => {
  const request = { baseUrl: "http://localhost", apiKey: null, body: { to: "+14155550123" } };
  assertStringIncludes(sample("curl", request), "$API_KEY");
  assertStringIncludes(sample("typescript", request), "process.env.API_KEY");
  assertStringIncludes(sample("python", request), 'os.environ["API_KEY"]');
  assertStringIncludes(sample("n8n", request), "YOUR_API_KEY");
});
