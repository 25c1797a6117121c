/** What the tests of the WhatsApp pages share: people with a number at Meta, the way through the set-up, and a search for secrets. */
import { randomInt } from "node:crypto";
import { assertEquals } from "@std/assert";
import { type AdminClient, type PageAnswer, signIn } from "@/tests/helpers/admin_client.ts";
import type { Harness } from "@/tests/helpers/harness.ts";
import type { SimulatedNumber } from "@/tests/simulator/simulator.ts";
import { readText } from "./key_pages.ts";

/** A person whose account has no number yet, and the number that she has at Meta. */
export interface Newcomer {
  admin: AdminClient;
  number: SimulatedNumber & { appSecret: string };
}

/** Makes a person and a number that the simulator serves. */
export async function makeNewcomer(
  harness: Harness,
  number: Partial<SimulatedNumber> = {},
): Promise<Newcomer> {
  const admin = await signIn(harness, { account: await harness.makeAccount({ connected: false }) });
  return { admin, number: addNumber(harness, number) };
}

/** A number that the simulator serves. */
export function addNumber(
  harness: Harness,
  changes: Partial<SimulatedNumber> = {},
): Newcomer["number"] {
  const number = {
    id: digits(),
    wabaId: digits(),
    accessToken: `EAAhush${digits()}`,
    appSecret: `hushapp${digits()}`,
    ...changes,
  };
  harness.simulator.addNumber(number);
  return number;
}

/** Gives token and secret, then picks the number. */
export async function connect({ admin, number }: Newcomer): Promise<PageAnswer> {
  const given = await giveSecrets({ admin, number });
  assertEquals(given.location, "/whatsapp/number", readText(given.text));
  const picked = await pick({ admin, number });
  assertEquals(picked.location, "/whatsapp", readText(picked.text));
  return await admin.get("/whatsapp");
}

/** Step two. */
export function giveSecrets({ admin, number }: Newcomer): Promise<PageAnswer> {
  return admin.post("/whatsapp/connect", {
    access_token: number.accessToken,
    app_secret: number.appSecret,
  });
}

/** Step three. */
export function pick({ admin, number }: Newcomer): Promise<PageAnswer> {
  return admin.post("/whatsapp/number", { number: `${number.wabaId}/${number.id}` });
}

/** A connected person. */
export async function makeConnected(
  harness: Harness,
  number: Partial<SimulatedNumber> = {},
): Promise<Newcomer> {
  const newcomer = await makeNewcomer(harness, number);
  await connect(newcomer);
  return newcomer;
}

/** What a page says. */
export async function textOf(admin: AdminClient, path = "/whatsapp"): Promise<string> {
  const answer = await admin.get(path);
  assertEquals(answer.status, 200, path);
  return readText(answer.text);
}

/** The word on the page's badge, which follows its heading. */
export async function badgeOf(admin: AdminClient): Promise<string> {
  const { text } = await admin.get("/whatsapp");
  return readText(text.match(/<\/h1>\s*(<span[^]*?<\/span>)/)?.[1] ?? "").trim();
}

/** The sentence that the next page shows, from the cookie that brings it. */
export function flashOf(admin: AdminClient): { kind: string; text: string } | null {
  const value = [...admin.cookies].find(([name]) => name.endsWith("flash"))?.[1];
  return value === undefined ? null : JSON.parse(atob(
    value.replaceAll("-", "+").replaceAll("_", "/"),
  ));
}

/** The callback URL's path, and the verify token, as the page shows them to be copied. */
export async function webhookOf(
  admin: AdminClient,
): Promise<{ path: string; verifyToken: string | null }> {
  const { text } = await admin.get("/whatsapp");
  const path = text.match(/value="[^"]*(\/webhooks\/whatsapp\/[0-9a-f-]{36})"/)?.[1];
  if (path === undefined) throw new Error("The page shows no callback URL");
  return { path, verifyToken: text.match(/value="(verify_[\w-]+)"/)?.[1] ?? null };
}

/** Every page about WhatsApp that a person can open. */
export const WHATSAPP_PAGES = [
  "/whatsapp",
  "/whatsapp/connect",
  "/whatsapp/number",
  "/whatsapp/register",
  "/whatsapp/disconnect",
  "/whatsapp/secrets/access-token",
  "/whatsapp/secrets/app-secret",
  "/whatsapp/secrets/verify-token",
  "/whatsapp/webhook-status",
  "/whatsapp/proof-status",
  "/settings/audit",
  "/",
];

/** Which of these secrets any page or the server's log contains. */
export async function findSecrets(
  harness: Harness,
  options: { admin: AdminClient; secrets: string[] },
): Promise<string[]> {
  const found: string[] = [];
  for (const path of WHATSAPP_PAGES) {
    const { text } = await options.admin.get(path);
    for (const secret of options.secrets) {
      if (text.includes(secret)) found.push(`${path} ${secret}`);
    }
  }
  const log = harness.server.lines.join("\n");
  for (const secret of options.secrets) if (log.includes(secret)) found.push(`log ${secret}`);
  return found;
}

/** The actions of the account's audit log, the oldest first. */
export async function auditOf(harness: Harness, admin: AdminClient): Promise<string[]> {
  const rows = await harness.query<{ action: string }>(
    "select action from audit_log where account_id = $1 order by created_at, id",
    [admin.account.id],
  );
  return rows.map(({ action }) => action);
}

/** A number of 14 digits. */
export function digits(): string {
  return String(randomInt(1e13, 9e13));
}
