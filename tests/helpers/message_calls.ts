/**
 * The calls and checks that all tests of `POST /api/v1/messages` share: sending as an account, reading the issues of a
 * refusal, and making sure that a refusal left nothing behind, neither in the database nor at Meta.
 */
import { assertEquals } from "@std/assert";
import { type ApiAnswer, assertApiError } from "@/tests/helpers/api_client.ts";
import type { Harness } from "@/tests/helpers/harness.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";
import { countRows, receivedFrom } from "@/tests/helpers/sends.ts";
import type { ReceivedRequest } from "@/tests/simulator/received_log.ts";

/** One problem that a refusal names. */
export interface Issue {
  path: string;
  message: string;
}

/** `POST /api/v1/messages` as an account; further headers at will. */
export function send(
  harness: Pick<Harness, "call">,
  account: Pick<SeededAccount, "key">,
  request: { body: unknown; headers?: Record<string, string> },
): Promise<ApiAnswer> {
  return harness.call({ path: "/api/v1/messages", key: account.key.key, ...request });
}

/** Sends and expects 201; the five ids. */
export async function sendOk(
  harness: Pick<Harness, "call">,
  account: Pick<SeededAccount, "key">,
  body: Record<string, unknown>,
): Promise<Record<string, string> & { contact_created: boolean }> {
  const answer = await send(harness, account, { body });
  assertEquals(answer.status, 201, answer.text);
  return answer.json.data;
}

/** The codes of an answer's warnings. */
export function warningCodes(answer: ApiAnswer): string[] {
  return (answer.json.meta?.warnings ?? []).map(({ code }: { code: string }) => code);
}

/** What Meta received last from an account's number. */
export function lastReceived(
  harness: Pick<Harness, "simulator">,
  account: SeededAccount,
): ReceivedRequest {
  const last = receivedFrom(harness.simulator, account).at(-1);
  if (last === undefined) throw new Error("Meta received nothing from this account");
  return last;
}

/** Asserts a 400 with exactly these issues, in any order. */
export function assertIssues(answer: ApiAnswer, expected: Issue[]): void {
  assertApiError(answer, { status: 400, code: "bad_request", retryable: false });
  assertEquals(sorted(answer.json.error.details.issues), sorted(expected), answer.text);
}

/** Asserts that an account has no row that a send writes, and that Meta heard nothing of it. */
export async function assertNothingLeft(
  harness: Pick<Harness, "query" | "simulator">,
  account: SeededAccount,
): Promise<void> {
  assertEquals(await countRows(harness, account.id), {
    contacts: 0,
    conversations: 0,
    messages: 0,
    keys: 0,
  });
  assertEquals(receivedFrom(harness.simulator, account).length, 0);
}

function sorted(issues: Issue[]): Issue[] {
  const text = ({ path, message }: Issue) => `${path}\n${message}`;
  return [...issues].sort((a, b) => (text(a) < text(b) ? -1 : 1));
}
