/** `/keys/new` without scripts: the key is shown once, works at once, and a form makes one key however often it is sent. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { hashKey } from "@/lib/keys/key_format.ts";
import { type AdminClient, type FormFields, signIn } from "@/tests/helpers/admin_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import {
  checkedValues,
  createKey,
  fieldValue,
  KEY_TEXT,
  newKeyFields,
  readShownKey,
  readText,
} from "./key_pages.ts";

const ALL_SCOPES = [
  "messages:send",
  "messages:read",
  "contacts:read",
  "contacts:write",
  "conversations:read",
  "broadcasts:send",
  "webhooks:manage",
];

interface StoredKey {
  name: string;
  scopes: string[];
  rate_limit: number;
  days: number | null;
  created_by: string;
  created_by_email: string;
}

describe("Creating an API key", () => {
  let harness: Harness;
  let admin: AdminClient;
  beforeAll(async () => {
    harness = await startHarness();
    admin = await signIn(harness);
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  const readKey = async (id: string): Promise<StoredKey> => {
    const [row] = await harness.query<StoredKey>(
      `select name, scopes, rate_limit, created_by, created_by_email,
         round(extract(epoch from expires_at - created_at) / 86400)::integer as days
       from api_keys where id = $1`,
      [id],
    );
    assert(row !== undefined);
    return row;
  };
  const countKeys = async (): Promise<number> => {
    const [row] = await harness.query<{ count: number }>(
      "select count(*)::integer as count from api_keys where account_id = $1",
      [admin.account.id],
    );
    return row?.count ?? -1;
  };
  const send = async (changes: FormFields) => {
    const form = await admin.get("/keys/new");
    return await admin.post("/keys/new", newKeyFields(form.text, changes));
  };

  it("POST /keys/new 200 shows the key, which then works in a real call", async () => {
    const { id, text } = await createKey(admin);
    const me = await harness.call({ path: "/api/v1/me", key: text });
    assertEquals([me.status, me.json.data.key.id, me.json.data.account.mode], [200, id, "live"]);
    assertEquals(me.json.data.key.scopes, ["messages:send"]);
    const stored = await readKey(id);
    assertEquals(stored, {
      name: "Shop backend",
      scopes: ["messages:send"],
      rate_limit: 120,
      days: null,
      created_by: admin.user.id,
      created_by_email: admin.user.email,
    });
  });

  it("POST /keys/new 200 has the key in every snippet, and a line that waits for the first request", async () => {
    const { html, text } = await createKey(admin);
    const shown = readText(html);
    assertStringIncludes(shown, `Authorization: Bearer ${text}`);
    for (const language of ["curl", "TypeScript", "Python", "n8n"]) {
      assertStringIncludes(shown, language);
    }
    assert(shown.split(text).length >= 5, "The key is not in all four snippets");
    assertStringIncludes(shown, `${harness.server.baseUrl}/api/v1/messages`);
    assertStringIncludes(shown, "Waiting for the first request…");
    assertStringIncludes(shown, "This is the only time the key is shown");
  });

  it("the first request turns up at once where the page asks for it", async () => {
    const { id, text } = await createKey(admin);
    const ask = () => admin.get(`/keys/${id}/first-request`);
    const before = await ask();
    assertEquals(before.headers.get("content-type"), "application/json");
    assertEquals(JSON.parse(before.text), { used_at: null });
    await harness.call({ path: "/api/v1/me", key: text });
    const { used_at } = JSON.parse((await ask()).text);
    assert(Math.abs(Date.parse(used_at) - Date.now()) < 60_000, used_at);
  });

  it("POST /keys/new sent again makes no second key and does not show the first", async () => {
    const form = await admin.get("/keys/new");
    const fields = newKeyFields(form.text);
    const before = await countKeys();
    const first = readShownKey(await admin.post("/keys/new", fields));
    const again = await admin.post("/keys/new", { ...fields, name: "Another name" });
    assertEquals([again.status, again.headers.get("cache-control")], [200, "no-store"]);
    assertStringIncludes(readText(again.text), "This key was already created");
    assertStringIncludes(again.text, `/keys/${first.id}`);
    assertEquals(KEY_TEXT.test(again.text), false);
    assertEquals(await countKeys(), before + 1);
  });

  it("POST /keys/new sent five times at once makes one key", async () => {
    const fields = newKeyFields((await admin.get("/keys/new")).text);
    const before = await countKeys();
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => admin.post("/keys/new", fields)),
    );
    assertEquals(answers.map((answer) => answer.status), [200, 200, 200, 200, 200]);
    assertEquals(answers.filter((answer) => KEY_TEXT.test(answer.text)).length, 1);
    assertEquals(await countKeys(), before + 1);
  });

  it("two open forms make two keys", async () => {
    const [one, two] = [await createKey(admin), await createKey(admin)];
    assertEquals(one.id === two.id || one.text === two.text, false);
  });

  it("POST /keys/new 200 stores presets, single permissions, expiry and limits", async () => {
    const cases: [FormFields, Partial<StoredKey>][] = [
      [{ preset: "read" }, { scopes: ["messages:read", "contacts:read", "conversations:read"] }],
      [{ preset: "full" }, { scopes: ALL_SCOPES }],
      [{ preset: "custom", scopes: "contacts:write" }, { scopes: ["contacts:write"] }],
      [{ preset: "custom", scopes: ["messages:read", "messages:send"] }, {
        scopes: ["messages:send", "messages:read"],
      }],
      [{ preset: "custom" }, { scopes: [] }],
      // Boxes that were ticked before another preset was chosen do not count.
      [{ preset: "send", scopes: ["contacts:write"] }, { scopes: ["messages:send"] }],
      [{ expiry: "30" }, { days: 30 }],
      [{ expiry: "365", expiry_days: "7" }, { days: 365 }],
      [{ expiry: "custom", expiry_days: " 7 " }, { days: 7 }],
      [{ unlimited: "on", rate_limit: "" }, { rate_limit: 0 }],
      [{ rate_limit: "1000000" }, { rate_limit: 1_000_000 }],
      [{ name: `  ${"😀".repeat(80)} ` }, { name: "😀".repeat(80) }],
    ];
    for (const [fields, expected] of cases) {
      const { id } = await createKey(admin, { fields });
      const stored: Record<string, unknown> = { ...await readKey(id) };
      for (const [name, value] of Object.entries(expected)) {
        assertEquals(stored[name], value, JSON.stringify(fields));
      }
    }
  });

  it("a read-only key is given requests that it may make", async () => {
    const { html, text } = await createKey(admin, { fields: { preset: "read" } });
    const url = readText(html).match(/curl '?(http[^\s']+)/)?.[1];
    assert(url !== undefined);
    const answer = await harness.call({ path: new URL(url).pathname, key: text });
    assertEquals(answer.status, 200);
  });

  it("POST /keys/new 422 keeps what was typed and names every problem", async () => {
    const before = await countKeys();
    const answer = await send({
      name: " ",
      preset: "custom",
      scopes: ["messages:read", "root"],
      rate_limit: "0",
      expiry: "custom",
      expiry_days: "366",
    });
    assertEquals(answer.status, 422);
    const shown = readText(answer.text);
    for (
      const problem of [
        "4 things need your attention",
        "Give the key a name",
        "Choose from the permissions shown",
        "The rate limit must be a whole number from 1 to 1,000,000",
        "The days must be a whole number from 1 to 365",
      ]
    ) assertStringIncludes(shown, problem);
    assertEquals(fieldValue(answer.text, "expiry_days"), "366");
    assertEquals(checkedValues(answer.text), ["custom", "messages:read"]);
    assertEquals(await countKeys(), before);
  });

  it("POST /keys/new 422 for each wrong field, and the mended form then makes the key", async () => {
    const cases: [FormFields, string][] = [
      [{ name: "x".repeat(81) }, "The name must have at most 80 characters"],
      [{ name: "a\nb" }, "The name must not contain control characters"],
      [{ preset: "root" }, "Choose what the key may do"],
      [{ rate_limit: "1000001" }, "The rate limit must be a whole number from 1 to 1,000,000"],
      [{ rate_limit: "12.5" }, "The rate limit must be a whole number from 1 to 1,000,000"],
      [{ expiry: "31" }, "Choose how long the key is valid"],
      [{ expiry: "custom" }, "The days must be a whole number from 1 to 365"],
      [{ expiry: "custom", expiry_days: "-1" }, "The days must be a whole number from 1 to 365"],
      [{ form_token: "made-up" }, "This form is not complete"],
    ];
    for (const [fields, problem] of cases) {
      const answer = await send(fields);
      assertEquals(answer.status, 422, JSON.stringify(fields));
      assertStringIncludes(readText(answer.text), problem);
      const token = fieldValue(answer.text, "form_token");
      const mended = { ...newKeyFields(answer.text), form_token: token };
      readShownKey(await admin.post("/keys/new", mended));
    }
  });

  it("a name with markup is shown as text", async () => {
    const { id } = await createKey(admin, { fields: { name: '<img src=x onerror="x">' } });
    for (const path of ["/keys", `/keys/${id}`, `/keys/${id}/edit`, `/keys/${id}/revoke`]) {
      const page = await admin.get(path);
      assertEquals(page.text.includes("<img src=x"), false, path);
      assertStringIncludes(page.text, "&lt;img src=x");
    }
  });

  it("the key's text is nowhere after its one answer: pages, audit log, database, server log", async () => {
    const { id, text } = await createKey(admin);
    const secret = text.slice("wacrm_live_".length + 8);
    await harness.call({ path: "/api/v1/me", key: text });
    for (
      const path of [
        "/keys",
        `/keys/${id}`,
        `/keys/${id}/edit`,
        `/keys/${id}/rotate`,
        `/keys/${id}/revoke`,
        `/keys/${id}/first-request`,
      ]
    ) {
      const page = await admin.get(path);
      assertEquals([page.status, page.text.includes(secret)], [200, false], path);
    }
    const [row] = await harness.query<{ row: string; hash: string }>(
      `select to_jsonb(k)::text as row, encode(key_hash, 'hex') as hash
       from api_keys k where id = $1`,
      [id],
    );
    assertEquals(row?.row.includes(secret), false);
    assertEquals(
      row?.hash,
      [...hashKey(text)].map((byte) => byte.toString(16).padStart(2, "0")).join(""),
    );
    const entries = await harness.query<{ entry: string; action: string }>(
      "select to_jsonb(a)::text as entry, action from audit_log a where target_id = $1",
      [id],
    );
    assertEquals(entries.map((entry) => entry.action), ["api_key.created"]);
    assertEquals(JSON.stringify(entries).includes(secret), false);
    assertEquals(JSON.stringify(harness.server.log()).includes(secret), false);
  });
});
