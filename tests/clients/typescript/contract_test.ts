/**
 * The client's types are those of the server: the same codes, scopes, kinds and states. The constants below compile
 * only while that is so; the tests that run them make sure that they are compiled.
 */
import { assertEquals } from "@std/assert";
import type { MessageStatus } from "@/db/messages.ts";
import type { ErrorCode as ServerErrorCode, Issue as ServerIssue } from "@/lib/api/errors.ts";
import type { Scope as ServerScope } from "@/lib/keys/scopes.ts";
import type { MessageType } from "@/lib/messages/message_request.ts";
import type {
  ErrorCode,
  Issue,
  Message,
  OutboundMessage,
  Scope,
  SendInput,
} from "@/clients/typescript/src/mod.ts";

/** Does not compile unless both types are the same. */
type Same<A, B> = [A] extends [B] ? [B] extends [A] ? true : never : never;

const SAME: {
  codes: Same<ErrorCode, ServerErrorCode>;
  issues: Same<Issue, ServerIssue>;
  scopes: Same<Scope, ServerScope>;
  kinds: Same<NonNullable<SendInput["type"]>, MessageType>;
  sentKinds: Same<OutboundMessage["type"], MessageType>;
  states: Same<Message["status"], MessageStatus>;
} = { codes: true, issues: true, scopes: true, kinds: true, sentKinds: true, states: true };

Deno.test("Error codes, scopes, kinds and states of the client are those of the server", () => {
  assertEquals(Object.values(SAME).every(Boolean), true);
});
