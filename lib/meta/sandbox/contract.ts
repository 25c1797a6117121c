/**
 * The sandbox's surface: requests, answers, records, and what it asks of its
 * surroundings. Behaviour is in the other files of this folder. An answer can
 * be a fault ("never_answer"), which callers act out with sockets or signals.
 */
import type { SandboxNumber, SandboxToken } from "@/lib/meta/sandbox/nodes.ts";
import type { SandboxApp } from "@/lib/meta/sandbox/onboarding.ts";
import type { RecipientNote } from "@/lib/meta/sandbox/recipient.ts";
import type { RandomBytes } from "@/lib/meta/sandbox/wamid.ts";

/** One HTTP request, its path without host and version. */
export interface SandboxRequest {
  method: string;
  path: string;
  query: Record<string, string>;
  /** The Authorization header's value; null when there was none. */
  authorization: string | null;
  /** The body's text; null when there was none. */
  body: string | null;
}

/** What to do with the caller: answer after `delayMs`, or one of two faults. */
export type SandboxResponse =
  | {
    kind: "answer";
    status: number;
    /** Names in lower case. */
    headers: Record<string, string>;
    body: string;
    delayMs: number;
  }
  | { kind: "never_answer" }
  | { kind: "connection_refused" };

/** A send that reached the sandbox with valid token and number. */
export interface SandboxRecord {
  /** Milliseconds since 1970. */
  atMs: number;
  phoneNumberId: string;
  /** The parsed body; null when it was not a JSON object. */
  body: Record<string, unknown> | null;
  /** The id of the message if it was taken, told to the sender or not. */
  wamid: string | null;
  waId: string | null;
  userId: string | null;
  /** False for a message that Meta takes and silently drops. */
  reachable: boolean;
  notes: RecipientNote[];
  /** The error code of a refusal. */
  refusedWithCode: number | null;
}

/** What the sandbox asks of its surroundings. */
export interface SandboxOptions {
  isKnownNumber(phoneNumberId: string): boolean;
  /** `nodeId` is the number or account called; null for the token inspector. */
  checkToken(accessToken: string, nodeId: string | null): boolean;
  /** Details of a known number; made up from its id if left out. */
  describeNumber?(phoneNumberId: string): SandboxNumber;
  /** The numbers of an account; null for an unknown account, the default. */
  listNumbers?(wabaId: string): SandboxNumber[] | null;
  /** The accounts that a valid token may manage; none by default. */
  listWabaIds?(accessToken: string): string[];
  /** What the token inspector tells of a valid token beyond its accounts; a token of all permissions by default. */
  describeToken?(accessToken: string): Partial<SandboxToken>;
  /** Whether "id|secret" is an app, which may inspect its tokens; none by default. */
  checkApp?(app: { id: string; secret: string }): boolean;
  /** The apps subscribed to an account's events; one by default. */
  listSubscribedApps?(wabaId: string): SandboxApp[];
  /** Told when a token's app is subscribed. */
  subscribeApp?(wabaId: string, accessToken: string): void;
  /** Registers a number and returns null, or the code of Meta's refusal; null by default. */
  registerNumber?(phoneNumberId: string, pin: string): number | null;
  /** Told once about every send and "mark as read" with valid token and number. */
  record?(record: SandboxRecord): void;
  /** The business number's country code, digits; "1" by default. */
  countryCode?: string;
  /** Milliseconds since 1970. */
  now?: () => number;
  randomBytes?: RandomBytes;
}
