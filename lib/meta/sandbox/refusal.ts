/**
 * How the sandbox says no: an exception that the entry point turns into Meta's
 * error envelope. Titles come from the error table, so that sandbox and client
 * cannot drift apart. Details are worded like Meta's, naming the parameter.
 */
import { findMetaError } from "@/lib/meta/error_table.ts";

// HTTP statuses that differ from 400. Source: Meta's error codes page as of 2025.
const HTTP_STATUSES: Readonly<Record<number, number>> = {
  104: 401,
  190: 401,
  200: 403,
  368: 403,
  131000: 500,
  131031: 403,
  132001: 404,
};

/** Thrown inside the sandbox for a request that Meta would refuse. */
export class SandboxRefusal extends Error {
  override readonly name = "SandboxRefusal";
  readonly code: number;
  readonly httpStatus: number;
  readonly subcode: number | null;
  readonly retryAfterSeconds: number | null;

  /** `details` is the text that names the parameter. */
  constructor(code: number, details: string, options: {
    httpStatus?: number;
    subcode?: number;
    retryAfterSeconds?: number;
  } = {}) {
    super(details);
    this.code = code;
    this.httpStatus = options.httpStatus ?? HTTP_STATUSES[code] ?? 400;
    this.subcode = options.subcode ?? null;
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }
}

/** The body of Meta's error answer for a refusal. */
export function refusalEnvelope(
  refusal: SandboxRefusal,
  options: { fbtraceId: string },
): Record<string, unknown> {
  const title = findMetaError(refusal.code)?.title ?? "Error";
  return {
    error: {
      message: `(#${refusal.code}) ${title}`,
      type: refusal.subcode === 33 ? "GraphMethodException" : "OAuthException",
      code: refusal.code,
      ...(refusal.subcode === null ? {} : { error_subcode: refusal.subcode }),
      error_data: {
        messaging_product: "whatsapp",
        details: refusal.message,
      },
      fbtrace_id: options.fbtraceId,
    },
  };
}
