/**
 * Owns `HttpError`, the error that stands for an HTTP status, and the status
 * texts that answer it when it has no message of its own. Who catches it, and
 * when a 404 becomes the not-found page, is decided in segments.ts.
 */

/** The standard texts of error statuses (IANA HTTP status code registry). */
// deno-fmt-ignore: several to a line, as a table.
export const STATUS_TEXTS = {
  400: "Bad Request", 401: "Unauthorized", 402: "Payment Required",
  403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
  406: "Not Acceptable", 407: "Proxy Authentication Required",
  408: "Request Timeout", 409: "Conflict", 410: "Gone", 411: "Length Required",
  412: "Precondition Failed", 413: "Content Too Large", 414: "URI Too Long",
  415: "Unsupported Media Type", 416: "Range Not Satisfiable",
  417: "Expectation Failed", 418: "I'm a teapot", 421: "Misdirected Request",
  422: "Unprocessable Entity", 423: "Locked", 424: "Failed Dependency",
  425: "Too Early", 426: "Upgrade Required", 428: "Precondition Required",
  429: "Too Many Requests", 431: "Request Header Fields Too Large",
  451: "Unavailable For Legal Reasons", 500: "Internal Server Error",
  501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable",
  504: "Gateway Timeout", 505: "HTTP Version Not Supported",
  506: "Variant Also Negotiates", 507: "Insufficient Storage",
  508: "Loop Detected", 510: "Not Extended",
  511: "Network Authentication Required",
} as const;

/** The status codes an `HttpError` may carry. */
export type ErrorStatus = keyof typeof STATUS_TEXTS;

/**
 * An error that ends the request with an HTTP status. Its message is shown to
 * the client, so it must not hold anything internal.
 */
export class HttpError extends Error {
  override name = "HttpError";
  /** The status of the answer. */
  status: ErrorStatus;

  constructor(status: ErrorStatus, message?: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}
