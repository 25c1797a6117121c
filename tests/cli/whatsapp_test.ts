/** `cli whatsapp`: connecting asks Meta first, a number belongs to one account, and secrets are never shown. */
import { randomInt } from "node:crypto";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { isId } from "@/lib/ids.ts";
import { callApi } from "@/tests/helpers/api_client.ts";
import { type CliHarness, type CliRun, refusalOf, startCliHarness } from "@/tests/helpers/cli.ts";
import { startServerProcess } from "@/tests/helpers/server_process.ts";
import { type Simulator, startSimulator } from "@/tests/simulator/simulator.ts";

const SHAPE = [
  ...["id", "phone_number_id", "status", "waba_id", "display_phone_number", "verified_name"],
  ...["created_at", "updated_at"],
];

interface Credentials {
  phoneNumberId: string;
  wabaId: string;
  accessToken: string;
}

describe("cli whatsapp", () => {
  let cli: CliHarness;
  let simulator: Simulator;
  /** Everything that a command printed, to look for secrets at the end. */
  const printed: string[] = [];
  const secrets = new Set<string>();
  beforeAll(async () => {
    cli = await startCliHarness();
    simulator = await startSimulator();
  });
  afterAll(async () => {
    await simulator.close();
    await cli[Symbol.asyncDispose]();
  });

  const run = async (args: string[], environment: Record<string, string> = {}): Promise<CliRun> => {
    const result = await cli.run(args, { META_GRAPH_URL: simulator.url, ...environment });
    printed.push(result.stdout, result.stderr);
    return result;
  };
  const json = async (args: string[]) => JSON.parse((await run([...args, "--json"])).stdout);
  const makeAccount = () => cli.json(["account", "create", "--name", "Shop"]);
  /** A number that the simulator serves. */
  const makeNumber = (): Credentials => {
    const number = { id: digits(), wabaId: digits(), accessToken: `EAAhush${digits()}` };
    simulator.addNumber(number);
    return { phoneNumberId: number.id, wabaId: number.wabaId, accessToken: number.accessToken };
  };
  const connectArgs = (account: string, credentials: Credentials) => {
    const { phoneNumberId, wabaId, accessToken } = credentials;
    const [appSecret, verifyToken] = [`hush-app-${digits()}`, `hush-verify-${digits()}`];
    for (const secret of [accessToken, appSecret, verifyToken]) secrets.add(secret);
    return [
      ...["whatsapp", "connect", "--account", account],
      ...["--phone-number-id", phoneNumberId, "--waba-id", wabaId],
      ...["--access-token", accessToken, "--app-secret", appSecret],
      ...["--verify-token", verifyToken],
    ];
  };
  const readRow = async (accountId: string) =>
    (await cli.sql`select * from whatsapp_integrations where account_id = ${accountId}`)[0];

  it("whatsapp connect asks Meta, stores the number connected and the secrets encrypted", async () => {
    const account = await makeAccount();
    const number = makeNumber();
    const before = simulator.received().length;
    const row = await json(connectArgs(account.id, number));
    assertEquals(Object.keys(row), SHAPE);
    assertEquals(isId(row.id), true);
    assertEquals(
      [row.phone_number_id, row.waba_id, row.status, row.display_phone_number, row.verified_name],
      [
        number.phoneNumberId,
        number.wabaId,
        "connected",
        "+1 555-010-0000",
        "Simulated Business",
      ],
    );
    const stored = await readRow(account.id);
    for (const column of ["access_token", "app_secret", "verify_token"]) {
      assertMatch(stored?.[column], /^v1\.[0-9a-f]{8}\.[\w-]+\.[\w-]+$/);
    }
    const asked = simulator.received().slice(before);
    assertEquals(asked.every(({ method }) => method === "GET"), true);
    assertEquals(asked.length > 0, true);

    const status = await json(["whatsapp", "status", "--account", account.id]);
    assertEquals(status, row);
    const { stdout } = await run(["whatsapp", "status", "--account", account.id]);
    assertStringIncludes(stdout, `Integration ${row.id} of the live account "Shop": connected\n`);
  });

  it("whatsapp connect again replaces number and secrets and keeps the integration's id", async () => {
    const account = await makeAccount();
    const first = await json(connectArgs(account.id, makeNumber()));
    const before = await readRow(account.id);
    const number = makeNumber();
    const second = await json(connectArgs(account.id, number));
    assertEquals([second.id, second.phone_number_id], [first.id, number.phoneNumberId]);
    assertEquals((await readRow(account.id))?.access_token === before?.access_token, false);
  });

  it("whatsapp connect says what Meta has against it and stores nothing", async () => {
    const account = await makeAccount();
    const number = makeNumber();
    const other = makeNumber();
    for (
      const [credentials, parts] of [
        [{ ...number, accessToken: "EAAhushwrong" }, ["Meta refuses", "(code 190)"]],
        [{ ...number, wabaId: other.wabaId }, ["Meta refuses", other.wabaId]],
        [{ ...number, phoneNumberId: "99999999999" }, ["Meta refuses", "99999999999"]],
      ] as const
    ) {
      const line = refusalOf(await run([...connectArgs(account.id, credentials), "--json"]));
      for (const part of parts) assertStringIncludes(line, part);
    }
    assertEquals(await readRow(account.id), undefined);
  });

  it("whatsapp connect refuses a number that is not of the named business account", async () => {
    const account = await makeAccount();
    // One token opens both accounts, so that only the pairing is wrong.
    const accessToken = `EAAhush${digits()}`;
    const [one, other] = [makeNumber(), makeNumber()];
    for (const { phoneNumberId, wabaId } of [one, other]) {
      simulator.addNumber({ id: phoneNumberId, wabaId, accessToken });
    }
    const line = refusalOf(
      await run(
        connectArgs(account.id, {
          phoneNumberId: one.phoneNumberId,
          wabaId: other.wabaId,
          accessToken,
        }),
      ),
    );
    assertStringIncludes(
      line,
      `The number "${one.phoneNumberId}" does not belong to the WhatsApp Business account "${other.wabaId}"`,
    );
    assertEquals(await readRow(account.id), undefined);
  });

  it("whatsapp connect says that Meta cannot be reached, and names --no-verify", async () => {
    const account = await makeAccount();
    const args = connectArgs(account.id, makeNumber());
    const line = refusalOf(await run(args, { META_GRAPH_URL: "http://127.0.0.1:1" }));
    assertMatch(line, /^Meta could not be asked about .*ECONNREFUSED.*--no-verify/);
    assertEquals(await readRow(account.id), undefined);
  });

  it("whatsapp connect --no-verify asks nobody, and sends work", async () => {
    const account = await makeAccount();
    const number = makeNumber();
    const args = [...connectArgs(account.id, number), "--no-verify"];
    const { code, stdout } = await run([...args, "--json"], {
      META_GRAPH_URL: "http://127.0.0.1:1",
    });
    const row = JSON.parse(stdout);
    assertEquals([code, Object.keys(row)], [0, SHAPE]);
    assertEquals(
      [row.status, row.phone_number_id, row.display_phone_number, row.verified_name],
      ["unverified", number.phoneNumberId, null, null],
    );
    const { key } = await json(
      ["key", "create", "--name", "x", "--scope", "messages:send", "--account", account.id],
    );
    await using server = await startServerProcess({
      ...cli.environment,
      META_GRAPH_URL: simulator.url,
    });
    simulator.clear();
    const answer = await callApi(server.baseUrl, {
      path: "/api/v1/messages",
      key,
      body: { to: "+14155550123", text: "Hello" },
    });
    assertEquals(answer.status, 201, answer.text);
    const [sent] = simulator.received();
    assertEquals(sent?.path, `/v25.0/${number.phoneNumberId}/messages`);
    printed.push(...server.lines);
  });

  it("whatsapp connect refuses a test twin, which has its sandbox", async () => {
    const account = await makeAccount();
    const before = await readRow(account.test_account_id);
    const line = refusalOf(await run(connectArgs(account.test_account_id, makeNumber())));
    assertStringIncludes(line, "A test account has its sandbox");
    assertEquals(await readRow(account.test_account_id), before);
  });

  it("a number that another account holds is refused with that reason, until it is disconnected there", async () => {
    const [first, second] = [await makeAccount(), await makeAccount()];
    const number = makeNumber();
    const held = await json(connectArgs(first.id, number));
    assertEquals(
      refusalOf(await run(connectArgs(second.id, number))),
      `The phone number id "${number.phoneNumberId}" is connected to another account on this server: disconnect ` +
        "it there first",
    );
    assertEquals(await readRow(second.id), undefined);

    const disconnected = await json(["whatsapp", "disconnect", "--account", first.id]);
    assertEquals(disconnected, { id: held.id, status: "disconnected" });
    const row = await readRow(first.id);
    assertEquals(
      [row?.id, row?.phone_number_id, row?.access_token, row?.app_secret, row?.verify_token],
      [held.id, null, null, null, null],
    );
    const status = await json(["whatsapp", "status", "--account", first.id]);
    assertEquals(Object.keys(status), SHAPE);
    assertEquals([status.status, status.phone_number_id], ["disconnected", null]);

    assertEquals((await json(connectArgs(second.id, number))).status, "connected");
    const again = await json(connectArgs(first.id, makeNumber()));
    assertEquals([again.id, again.status], [held.id, "connected"]);
  });

  it("whatsapp disconnect tells people what it did, and refuses an account without a number, and a sandbox", async () => {
    const account = await makeAccount();
    const at = ["--account", account.id];
    assertEquals(
      refusalOf(await run(["whatsapp", "disconnect", ...at])),
      'The account "Shop" has no WhatsApp number',
    );
    for (const choice of [[...at, "--test"], ["--account", account.test_account_id]]) {
      assertEquals(
        refusalOf(await run(["whatsapp", "disconnect", ...choice, "--json"])),
        "The sandbox of a test account cannot be disconnected",
      );
    }
    assertEquals((await readRow(account.test_account_id))?.status, "connected");
    await json(connectArgs(account.id, makeNumber()));
    const { code, stdout } = await run(["whatsapp", "disconnect", ...at]);
    assertEquals([code, stdout.startsWith("Disconnected: the secrets are deleted")], [0, true]);
  });

  it("whatsapp status tells of an account without a number, and of a sandbox", async () => {
    const account = await makeAccount();
    const none = await json(["whatsapp", "status", "--account", account.id]);
    assertEquals(none, { id: null, phone_number_id: null, status: "not_connected" });
    const { stdout } = await run(["whatsapp", "status", "--account", account.id]);
    assertStringIncludes(stdout, 'connect one with "whatsapp connect"');
    const sandbox = await json(["whatsapp", "status", "--account", account.id, "--test"]);
    assertEquals(Object.keys(sandbox), SHAPE);
    assertEquals(sandbox.status, "connected");
  });

  it("whatsapp connect refuses ids and secrets that cannot be any, without repeating a secret", async () => {
    const account = await makeAccount();
    const args = connectArgs(account.id, makeNumber());
    for (const option of ["--access-token", "--app-secret", "--verify-token"]) {
      const wrong = args.with(args.indexOf(option) + 1, "hush hush");
      secrets.add("hush hush");
      assertEquals(
        refusalOf(await run(wrong)),
        `${option} must be one word without spaces: copy it whole`,
      );
    }
    for (const option of ["--phone-number-id", "--waba-id"]) {
      const { code, stderr } = await run(args.with(args.indexOf(option) + 1, "+1415555"));
      assertEquals(code, 1);
      assertStringIncludes(stderr, "Must be digits, as shown in WhatsApp Manager.");
    }
    assertEquals(await readRow(account.id), undefined);
  });

  it("no command and no server has printed a secret", () => {
    assertEquals(secrets.size > 10, true);
    const text = printed.join("\n");
    assertEquals([...secrets].filter((secret) => text.includes(secret)), []);
  });
});

function digits(): string {
  return String(randomInt(1e14, 2e14));
}
