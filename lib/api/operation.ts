/**
 * An endpoint as data: what the route goes by (its scope), and what the API's OpenAPI document says of it. Routes pass
 * their operation to `endpoint`, so that neither can say something else than the other. The operations stand beside
 * what they are about (lib/messages/message_operations.ts and others); lib/openapi/operations.ts lists them all.
 */
import type { z } from "zod";
import type { ErrorCode } from "@/lib/api/errors.ts";
import type { API_VERSION } from "@/lib/api/version.ts";
import type { WarningCode } from "@/lib/api/response_schemas.ts";
import type { Scope } from "@/lib/keys/scopes.ts";

export type Method = "GET" | "POST" | "PATCH" | "DELETE";

/** The groups in which the document shows operations. */
export const TAGS = {
  Messages: "Sending messages, and what became of them.",
  Contacts: "The people whom you write with.",
  Conversations: "Everything written with one contact, and whether you may answer freely.",
  Account: "Whose key this is.",
  Reference: "This description.",
} as const;

export type Tag = keyof typeof TAGS;

/** A header of a request, beside the ones that every request may have. */
export interface HeaderParameter {
  name: string;
  description: string;
  schema: Record<string, unknown>;
  example?: string;
}

/** Headers of successful answers, beside the ones that every answer may have; described in lib/openapi/headers.ts. */
export type AnswerHeader =
  | "Cache-Control"
  | "Content-Disposition"
  | "Content-Length"
  | "ETag"
  | "Idempotent-Replayed";

/** A successful answer. */
export interface Answer {
  description: string;
  headers?: readonly AnswerHeader[];
  /** What `data` may look like. */
  example?: unknown;
}

/** What successful answers carry. */
export type Content<Data> =
  /** `{"data": …, "meta"?: …}`; with `paged` as a page of a list, whose cursor is in `meta`. */
  | { kind: "data"; data: z.ZodType<Data>; paged: boolean; warnings: readonly WarningCode[] }
  /** The bytes of a file, of whatever type. */
  | { kind: "file" }
  /** JSON without an envelope. */
  | { kind: "json" };

/** A code of the error table, where one operation uses it with another status, too. */
export interface OtherStatus {
  code: ErrorCode;
  status: number;
}

/** A method of a path. */
export interface Operation<Data = unknown> {
  /** Its name in generated clients, in camelCase: never changed. */
  id: string;
  method: Method;
  /** With its parameters in braces. */
  path: `/api/${typeof API_VERSION}/${string}`;
  tag: Tag;
  summary: string;
  /** Markdown. */
  description: string;
  /** Null: any valid key may call it. */
  scope: Scope | null;
  /** No key is needed at all. */
  keyless?: true;
  /** What the {parameters} of the path are, by their names: all are ids. */
  pathParameters?: Record<string, string>;
  query?: z.ZodObject;
  headers?: readonly HeaderParameter[];
  body?: {
    schema: z.ZodObject;
    /** By their names; the first is the one that is shown first. */
    examples: Record<string, { summary: string; value: Record<string, unknown> }>;
  };
  content: Content<Data>;
  /** Successful answers by their status. */
  answers: Record<number, Answer>;
  /** Errors beyond those that follow from the rest: key, scope, body, query and path. */
  errors?: readonly (ErrorCode | OtherStatus)[];
}

/** An operation with the type of its data worked out. */
export function defineOperation<Data>(operation: Operation<Data>): Operation<Data> {
  return operation;
}

/** Answers carry one thing. */
export function item<Data>(
  data: z.ZodType<Data>,
  options: { warnings?: readonly WarningCode[] } = {},
): Content<Data> {
  return { kind: "data", data, paged: false, warnings: options.warnings ?? [] };
}

/** Answers carry a page of a list. */
export function page<Entry>(
  entry: z.ZodType<Entry>,
  options: { warnings?: readonly WarningCode[] } = {},
): Content<Entry[]> {
  return { kind: "data", data: entry.array(), paged: true, warnings: options.warnings ?? [] };
}
