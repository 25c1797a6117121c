/**
 * The one door to Meta's Graph API: a request, an answer, and the error for
 * "no answer". http_transport.ts goes over the network, sandbox_transport.ts
 * to the simulator in this process; all other files of lib/meta see only this
 * interface. The error says whether the request can have reached Meta, because
 * that alone decides whether a send may be repeated.
 */

/** One call, without host and version. */
export interface GraphRequest {
  method: "GET" | "POST" | "DELETE";
  /** Begins with "/", already percent-encoded, e.g. "/106540352242922/messages". */
  path: string;
  query?: Record<string, string>;
  accessToken: string;
  /** JSON text. */
  body?: string;
  /** Ends the call, also while it waits for a connection. */
  signal: AbortSignal;
}

/** An answer that was read completely, whatever its status. */
export interface GraphResponse {
  status: number;
  /** Names in lower case; of a repeated header the values joined by ", ". */
  headers: Record<string, string>;
  text: string;
}

/**
 * Sends requests to a Graph API. `request` rejects with GraphNetworkError and
 * nothing else when there is no complete answer, and never repeats a request.
 */
export interface GraphTransport {
  request(request: GraphRequest): Promise<GraphResponse>;
  /** Ends idle connections at once; a request still running fails. */
  close(): Promise<void>;
}

/**
 * Thrown when a call got no complete answer. Neither message nor cause ever
 * holds the access token or the request's body.
 */
export class GraphNetworkError extends Error {
  override readonly name = "GraphNetworkError";
  /**
   * "never_written" = proven that not one byte of the request went out;
   * "ambiguous" = Meta may have taken the request.
   */
  readonly certainty: "never_written" | "ambiguous";
  /** The system's or client's code, e.g. "ECONNREFUSED" or "TimeoutError". */
  readonly code: string;

  constructor(
    message: string,
    options: { certainty: "never_written" | "ambiguous"; code: string },
  ) {
    super(message);
    this.certainty = options.certainty;
    this.code = options.code;
  }
}
