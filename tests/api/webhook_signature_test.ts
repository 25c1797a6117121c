/** Who is heard: only what an app secret of a connected integration has signed, byte for byte, is stored. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import { signatureHeader } from "@/lib/meta/webhook_signature.ts";
import type { ApiAnswer } from "@/tests/helpers/api_client.ts";
import { eventually } from "@/tests/helpers/eventually.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";
import {
  bodyOf,
  CALLBACK_PATH,
  type CallbackOptions,
  changeOf,
  entryOf,
  eventRows,
  integrationIdOf,
  newWamid,
  postCallback,
  statusItem,
} from "@/tests/helpers/webhooks.ts";

describe("signature of Meta's callbacks", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  function post(body: unknown, options: CallbackOptions): Promise<ApiAnswer> {
    return postCallback(harness.server.baseUrl, body, options);
  }

  function aBody(account: SeededAccount) {
    return bodyOf(entryOf(account, { statuses: [statusItem("sent", { id: newWamid() })] }));
  }

  async function failuresOf(account: SeededAccount): Promise<number> {
    const [row] = await harness.query<{ failures: number }>(
      "select signature_failures::int as failures from webhook_health where account_id = $1",
      [account.id],
    );
    return row?.failures ?? 0;
  }

  const wrong: { name: string; header: (right: string) => string | null }[] = [
    { name: "no signature", header: () => null },
    { name: "an empty signature", header: () => "" },
    { name: "a signature without its prefix", header: (right) => right.replace("sha256=", "") },
    { name: "a signature of another kind", header: (right) => right.replace("256", "1") },
    { name: "a signature that was cut", header: (right) => right.slice(0, -1) },
    { name: "a signature of zeros", header: () => `sha256=${"0".repeat(64)}` },
    {
      name: "a signature with another secret",
      header: () => signatureHeader("other", new Uint8Array()),
    },
  ];
  for (const { name, header } of wrong) {
    it(`POST 401 refuses ${name} and stores nothing`, async () => {
      const account = await harness.makeAccount();
      const body = new TextEncoder().encode(JSON.stringify(aBody(account)));
      const signature = header(signatureHeader(account.appSecret, body));
      const id = await integrationIdOf(harness, account.id);
      for (const path of [CALLBACK_PATH, `${CALLBACK_PATH}/${id}`]) {
        assertEquals((await post(body, { path, signature })).status, 401);
      }
      assertEquals(await eventRows(harness, account.id), []);
      await eventually(async () => await failuresOf(account) === 2);
    });
  }

  it("POST 401 refuses a body that was changed after it was signed", async () => {
    const account = await harness.makeAccount();
    const text = JSON.stringify(aBody(account));
    const signature = signatureHeader(account.appSecret, new TextEncoder().encode(text));
    assertEquals((await post(`${text} `, { signature })).status, 401);
    assertEquals(await eventRows(harness, account.id), []);
    assertEquals((await post(text, { signature })).status, 200);
  });

  it("POST of the integration's URL 401 refuses the secret of another integration, which gets nothing", async () => {
    const [mine, other] = [await harness.makeAccount(), await harness.makeAccount()];
    const path = `${CALLBACK_PATH}/${await integrationIdOf(harness, mine.id)}`;
    for (const account of [mine, other]) {
      assertEquals((await post(aBody(account), { secret: other.appSecret, path })).status, 401);
    }
    assertEquals(await eventRows(harness, mine.id), []);
    assertEquals(await eventRows(harness, other.id), []);
    await eventually(async () => await failuresOf(mine) === 2);
    assertEquals(await failuresOf(other), 0);
  });

  it("POST of the integration's URL 200 accepts its own secret", async () => {
    const account = await harness.makeAccount();
    const id = await integrationIdOf(harness, account.id);
    const path = `${CALLBACK_PATH}/${id.toUpperCase()}`;
    assertEquals((await post(aBody(account), { secret: account.appSecret, path })).status, 200);
    assertEquals((await eventRows(harness, account.id)).length, 1);
  });

  it("POST 401 to an id that is no integration's", async () => {
    const { appSecret } = await harness.makeAccount();
    for (const id of ["0198c0de-0000-7000-8000-000000000000", "x'y"]) {
      const path = `${CALLBACK_PATH}/${id}`;
      assertEquals((await post(bodyOf(), { secret: appSecret, path })).status, 401);
    }
  });

  it("POST of the common URL 200 finds the signer, also one whom the body does not name", async () => {
    const account = await harness.makeAccount();
    const strange = bodyOf(changeOf({ wabaId: "1" }, { field: "account_update", value: {} }));
    assertEquals((await post(aBody(account), { secret: account.appSecret })).status, 200);
    assertEquals((await post(strange, { secret: account.appSecret })).status, 200);
    assertEquals((await eventRows(harness, account.id)).map(({ field }) => field), [
      "messages",
      "account_update",
    ]);
  });

  it("POST of the common URL 401 counts as a failure of those whom the body names", async () => {
    const [named, other] = [await harness.makeAccount(), await harness.makeAccount()];
    assertEquals((await post(aBody(named), { secret: "wrong" })).status, 401);
    await eventually(async () => await failuresOf(named) === 1);
    assertEquals(await failuresOf(other), 0);
  });

  it("an accepted callback is noted as the integration's last event", async () => {
    const account = await harness.makeAccount();
    await post(aBody(account), { secret: account.appSecret });
    const [row] = await eventually(async () => {
      const rows = await harness.query<{ recent: boolean; failures: number }>(
        `select last_event_at > now() - interval '1 minute' as recent, signature_failures::int as failures
         from webhook_health where account_id = $1`,
        [account.id],
      );
      return rows.length > 0 ? rows : null;
    });
    assertEquals(row, { recent: true, failures: 0 });
  });

  it("an integration that was connected a moment ago is heard at once, also amid wrong signatures", async () => {
    for (let round = 0; round < 3; round++) {
      const flood = Array.from({ length: 5 }, () => post(bodyOf(), { secret: "wrong" }));
      await flood[0];
      const account = await harness.makeAccount();
      const answer = await post(aBody(account), { secret: account.appSecret });
      assertEquals(answer.status, 200);
      assertEquals((await Promise.all(flood)).map(({ status }) => status), Array(5).fill(401));
    }
  });

  it("a body with escapes is checked byte for byte and understood", async () => {
    const account = await harness.makeAccount();
    const plain = JSON.stringify(bodyOf(
      entryOf(account, { errors: [{ title: "PLACE" }] }),
    ));
    const text = plain.replace("PLACE", String.raw`\u00e4\u00f6 a\u0040b \ud83d\ude00 \/ \u0000`);
    assertEquals((await post(text, { secret: account.appSecret })).status, 200);
    const [row] = await eventRows(harness, account.id);
    assertEquals(
      JSON.parse(row?.payload ?? "").value.errors,
      [{ title: "äö a@b 😀 / \0" }],
    );
  });

  it("a body beyond ASCII that was not escaped is checked byte for byte too", async () => {
    const account = await harness.makeAccount();
    const body = bodyOf(entryOf(account, { errors: [{ title: "äö 😀" }] }));
    assertEquals((await post(body, { secret: account.appSecret })).status, 200);
  });

  it("POST 200 takes a signed body of 3 MB", async () => {
    const account = await harness.makeAccount();
    const body = bodyOf(entryOf(account, { errors: [{ title: "x".repeat(3_000_000) }] }));
    assertEquals((await post(body, { secret: account.appSecret })).status, 200);
    const [row] = await eventRows(harness, account.id);
    assertEquals(JSON.parse(row?.payload ?? "").value.errors[0].title.length, 3_000_000);
  });

  it("POST 413 refuses more than 4 MiB and stores nothing", async () => {
    const account = await harness.makeAccount();
    const limit = 4 * 1024 * 1024;
    const text = JSON.stringify(bodyOf());
    const exactly = text.padEnd(limit);
    const { appSecret: secret } = account;
    assertEquals((await post(`${exactly} `, { secret })).status, 413);
    assertEquals(await eventRows(harness, account.id), []);
    assertEquals((await post(exactly, { secret })).status, 200);
  });

  for (const text of ["", "not JSON", "{", "\u0000", "null", "[]", "7"]) {
    it(`POST 200 keeps the signed body ${JSON.stringify(text)} for its signer`, async () => {
      const account = await harness.makeAccount();
      assertEquals((await post(text, { secret: account.appSecret })).status, 200);
      const rows = await eventRows(harness, account.id);
      assertEquals(rows.map(({ kind, state }) => [kind, state]), [["other", "ignored"]]);
      const { content } = JSON.parse(rows[0]?.payload ?? "");
      assertEquals(typeof content === "string" ? content : JSON.stringify(content), text);
    });
  }

  it("POST 200 keeps bytes that are no UTF-8", async () => {
    const account = await harness.makeAccount();
    const answer = await post(new Uint8Array([0xff, 0xfe, 0x00]), { secret: account.appSecret });
    assertEquals(answer.status, 200);
    assertEquals((await eventRows(harness, account.id)).length, 1);
  });

  it("POST 200 to a signed body without entries", async () => {
    const account = await harness.makeAccount();
    assertEquals((await post(bodyOf(), { secret: account.appSecret })).status, 200);
    assertEquals(await eventRows(harness, account.id), []);
  });
});
