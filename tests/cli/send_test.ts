/** `cli send`: a message through a running server, as any program with a key sends it. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals, assertMatch } from "@std/assert";
import { type CliRun, parseCliJson, refusalOf, runCli } from "@/tests/helpers/cli.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";
import { messageRows, receivedFrom } from "@/tests/helpers/sends.ts";

const UUID = "[0-9a-f-]{36}";
const TO = ["--to", "+14155550123"];

describe("cli send", () => {
  let harness: Harness;
  let account: SeededAccount;
  beforeAll(async () => {
    harness = await startHarness();
    account = await harness.makeAccount();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  const send = (args: string[], environment?: Record<string, string>): Promise<CliRun> =>
    runCli(
      ["send", "--url", harness.server.baseUrl, ...args],
      environment ?? { MESSAGES_API_KEY: account.key.key },
    );

  it("prints the ids and the warnings, to people", async () => {
    const run = await send([...TO, "--text", "Hello", "--name", "Ann"]);
    assertEquals([run.code, run.stderr], [0, ""]);
    assertMatch(
      run.stdout,
      new RegExp(
        `^WhatsApp has taken the message:\n  message       ${UUID}\n  conversation  ${UUID}\n` +
          `  contact       ${UUID} \\(new\\)\n  WhatsApp id   wamid\\..*\nWarning outside_service_window: .*\n$`,
      ),
    );
  });

  it("prints one JSON value, and with a key that was used sends nothing", async () => {
    const before = receivedFrom(harness.simulator, account).length;
    const args = [...TO, "--text", "Once", "--idempotency-key", "order-1042", "--json"];
    const first = parseCliJson(await send(args));
    assertEquals(Object.keys(first), [
      "message_id",
      "whatsapp_message_id",
      "conversation_id",
      "contact_id",
      "contact_created",
      "warnings",
      "idempotency_key",
      "replayed",
      "request_id",
    ]);
    const second = parseCliJson(await send(args));
    assertEquals([first.replayed, second.replayed], [false, true]);
    assertEquals(second.message_id, first.message_id);
    assertEquals(second.idempotency_key, "order-1042");
    assertEquals(receivedFrom(harness.simulator, account).length, before + 1);
  });

  it("sends templates and files", async () => {
    const other = await harness.makeAccount();
    const environment = { MESSAGES_API_KEY: other.key.key };
    const template = ["--template", "order_shipped", "--language", "de"];
    const runs = await Promise.all([
      send([...TO, ...template, "--param", "Ann", "--param", "1042"], environment),
      send([
        ...TO,
        ...["--media-url", "https://example.com/a.pdf", "--type", "document"],
        ...["--filename", "Bill.pdf", "--text", "Your bill"],
      ], environment),
    ]);
    assertEquals(runs.map(({ code, stderr }) => [code, stderr]), [[0, ""], [0, ""]]);
    const bodies = receivedFrom(harness.simulator, other).map(({ body }) => body);
    const ofType = (type: string) => bodies.find((body) => body?.type === type)?.[type];
    assertEquals(ofType("document"), {
      link: "https://example.com/a.pdf",
      caption: "Your bill",
      filename: "Bill.pdf",
    });
    assertEquals(ofType("template"), {
      name: "order_shipped",
      language: { code: "de" },
      components: [{
        type: "body",
        parameters: [{ type: "text", text: "Ann" }, { type: "text", text: "1042" }],
      }],
    });
  });

  it("says code, message and what to fix when the API refuses, and sends nothing", async () => {
    const before = (await messageRows(harness, account.id)).length;
    const run = await send(["--to", "0415", "--text", " ", "--json"]);
    assertEquals([run.code, run.stdout], [1, ""]);
    const [first = "", second = "", third = "", end] = run.stderr.split("\n");
    assertMatch(first, /^bad_request: (to|text): .*\(and 1 more in details\.issues\)$/);
    assertMatch(second, /^ {2}(to|text): /);
    assertMatch(
      third,
      new RegExp(`^Request ${UUID}. More about this error: .*/docs/errors#bad_request$`),
    );
    assertEquals(end, "");
    assertEquals((await messageRows(harness, account.id)).length, before);
  });

  it("takes the key from the environment alone, and shows it nowhere", async () => {
    const wrong = `wacrm_live_${"x".repeat(49)}`;
    const [missing, broken, refused, asOption] = await Promise.all([
      send([...TO, "--text", "Hi"], {}),
      send([...TO, "--text", "Hi"], { MESSAGES_API_KEY: "two words" }),
      send([...TO, "--text", "Hi"], { MESSAGES_API_KEY: wrong }),
      send([...TO, "--text", "Hi", "--api-key", account.key.key], {}),
    ]);
    assertMatch(refusalOf(missing), /^MESSAGES_API_KEY is not set: put an API key there/);
    assertEquals(
      refusalOf(broken),
      "MESSAGES_API_KEY must be one word without spaces or line ends: copy it whole",
    );
    assertMatch(refused.stderr, /^unauthorized: /);
    assertEquals([refused.code, refused.stderr.includes(wrong)], [1, false]);
    assertMatch(asOption.stderr, /^error: unknown option '--api-key'/);
    assertEquals(asOption.code, 1);
    const help = await runCli(["send", "--help"], {});
    assertMatch(help.stdout, /read from the environment variable MESSAGES_API_KEY/);
  });

  it("names the option that is missing or malformed before anything is sent", async () => {
    for (
      const [args, line] of [
        [
          ["--param", "Ann"],
          "--language and --param belong to a template: name it with --template",
        ],
        [["--media-url", "https://example.com/a"], "--media-url needs --type image, video,"],
        [["--text", "Hi", "--idempotency-key", "two words"], "--idempotency-key must be 1 to 255"],
        [["--text", "Hi", "--url", "localhost:8000"], "--url must be an address such as"],
      ] as const
    ) {
      assertEquals(refusalOf(await send([...TO, ...args])).slice(0, line.length), line);
    }
  });

  it("says that no server answers, and how to try again without a duplicate", async () => {
    const run = await runCli(
      ["send", ...TO, "--text", "Hi", "--url", "http://127.0.0.1:59999", "--idempotency-key", "k"],
      { MESSAGES_API_KEY: account.key.key },
    );
    assertEquals([run.code, run.stdout], [1, ""]);
    const lines = run.stderr.split("\n");
    assertMatch(
      lines[0] ?? "",
      /^The connection of POST http:\/\/127\.0\.0\.1:59999\/.* was lost: /,
    );
    assertEquals(lines.slice(1), [
      "Is the server running, and is --url its address?",
      "To try again without the risk of a duplicate, add: --idempotency-key k",
      "",
    ]);
  });
});
