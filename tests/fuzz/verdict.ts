/**
 * What must hold of every answer, whatever was asked: no fault of the server's own, an envelope that is whole and
 * agrees with its status, a request id. A request that is no proper HTTP may be refused without a word, by the layer
 * below the product.
 */
import { type ErrorCode, ERRORS } from "@/lib/api/errors.ts";
import type { WireAnswer } from "@/tests/fuzz/answer_reader.ts";
import type { Outcome } from "@/tests/fuzz/connection.ts";
import { type FuzzedRequest, hasPlainTarget, isPlainHttp } from "@/tests/fuzz/fuzzed_request.ts";

/** Everything that is wrong with an outcome, each in a sentence; nothing if all is well. */
export function judge(request: FuzzedRequest, outcome: Outcome): string[] {
  if (outcome.kind === "hang") return ["Neither an answer nor an end of the connection in time"];
  const isPlain = isPlainHttp(request);
  if (outcome.kind === "closed") {
    // Of what is no proper HTTP the layer below may have had enough at any time.
    if (!isPlain) return [];
    return [
      outcome.broken === null
        ? "The connection was closed without an answer"
        : `The answer broke off: ${outcome.broken}`,
    ];
  }
  const { answer } = outcome;
  if (!isPlain && isRefusalOfHttpLayer(answer)) return [];
  const text = new TextDecoder().decode(answer.body);
  return [
    ...findHeaderProblems(request, answer),
    ...findStatusProblems(request, { answer, text }),
    ...(isUnderApi(request) ? findApiProblems(request, { answer, text, isPlain }) : []),
  ];
}

/** The JSON of an answer, or undefined. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An answer that Deno makes for what it cannot read: no handler has seen the request. */
function isRefusalOfHttpLayer({ status, headers, body }: WireAnswer): boolean {
  return [400, 413, 414, 431].includes(status) && !headers.has("x-request-id") &&
    body.length === 0;
}

function findHeaderProblems(request: FuzzedRequest, { headers }: WireAnswer): string[] {
  const problems: string[] = [];
  const id = headers.get("x-request-id");
  if (id === null || !/^[A-Za-z0-9._:-]{1,128}$/.test(id)) problems.push("No X-Request-Id");
  const given = request.headers.filter(([name]) => name === "X-Request-Id").map(([, value]) =>
    value
  );
  const [only] = given;
  if (given.length === 1 && /^[A-Za-z0-9._:-]{1,128}$/.test(only ?? "") && id !== only) {
    problems.push(`The X-Request-Id "${only}" was not kept`);
  }
  for (const name of headers.keys()) {
    if (name.startsWith("access-control-")) problems.push(`A CORS header: ${name}`);
  }
  return problems;
}

function findStatusProblems(
  { target }: FuzzedRequest,
  { answer: { status }, text }: { answer: WireAnswer; text: string },
): string[] {
  const code = codeOf(text);
  if (code === "internal" || code === "unavailable") return [`Status ${status} with code ${code}`];
  if (status === 500 && code !== "template_malformed") return ["Status 500"];
  // To tell that the database is slow is what it is there for; a slow machine suffices.
  if (target.includes("/readyz") && text === '{"status":"database_unavailable"}') return [];
  return status > 500 && code === null ? [`Status ${status} without a code`] : [];
}

function codeOf(text: string): string | null {
  const json = jsonOf(text) as { error?: { code?: unknown } } | null | undefined;
  return typeof json?.error?.code === "string" ? json.error.code : null;
}

/** Of a target that is no proper one nobody knows which path the server takes it for. */
function isUnderApi(request: FuzzedRequest): boolean {
  if (!hasPlainTarget(request)) return false;
  const path = request.target.replace(/^http:\/\/[^/]*/, "");
  return /^\/api(\/|$)/.test(new URL(`http://host${path}`).pathname.replace(/\/+/g, "/"));
}

function findApiProblems(
  request: FuzzedRequest,
  { answer, text, isPlain }: { answer: WireAnswer; text: string; isPlain: boolean },
): string[] {
  const { status } = answer;
  // The application cannot tell what is asked of a host that is none.
  if (!isPlain && status === 400 && text === "Bad Request") return [];
  if (request.method === "HEAD") return answer.body.length === 0 ? [] : ["A body after HEAD"];
  if (request.method === "OPTIONS" && status === 204) {
    return answer.headers.has("allow") ? [] : ["OPTIONS without Allow"];
  }
  if (status === 200 && answer.headers.has("content-disposition")) return [];
  if (status >= 200 && status < 300) return findSuccessProblems(answer, text);
  return findErrorProblems(answer, text);
}

function findSuccessProblems({ status }: WireAnswer, text: string): string[] {
  const json = jsonOf(text);
  if (![200, 201, 202].includes(status)) return [`Status ${status} is not one of the API's`];
  const isData = typeof json === "object" && json !== null && "data" in json && !("error" in json);
  return isData ? [] : [`Status ${status} without {data}`];
}

function findErrorProblems({ status, headers }: WireAnswer, text: string): string[] {
  const body = jsonOf(text);
  const error = typeof body === "object" && body !== null && "error" in body ? body.error : null;
  if (typeof error !== "object" || error === null) return [`Status ${status} without {error}`];
  const { code, message, request_id: id, retryable, doc_url: url } = error as Record<
    string,
    unknown
  >;
  if (typeof code !== "string" || !Object.hasOwn(ERRORS, code)) return [`No such code: ${code}`];
  const expected = ERRORS[code as ErrorCode];
  const fitsStatus = status === expected.status || (code === "outcome_unknown" && status === 409);
  const checks: [boolean, string][] = [
    [fitsStatus, `Status ${status} does not belong to the code ${code}`],
    [typeof message === "string" && message.length > 3, "No message"],
    [!/^(Invalid input|Too (big|small)|Unrecognized)/.test(String(message)), "Words of zod"],
    [id === headers.get("x-request-id"), "request_id is not the X-Request-Id"],
    [retryable === expected.retryable, "retryable is not that of the code"],
    [String(url).endsWith(`/docs/errors#${code}`), "doc_url leads elsewhere"],
    [headers.get("content-type") === "application/json", "Not application/json"],
    [status !== 405 || headers.has("allow"), "405 without Allow"],
    [status !== 401 || headers.has("www-authenticate"), "401 without WWW-Authenticate"],
    [!expected.retryable || headers.has("retry-after"), `${code} without Retry-After`],
  ];
  return checks.filter(([holds]) => !holds).map(([, problem]) => problem);
}
