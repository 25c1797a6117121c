/**
 * The GraphTransport that goes over the network, on undici's `request()` and an
 * Agent with kept-alive HTTP/1.1 connections. It never uses fetch or node:http:
 * under Deno both silently send a POST a second time when a reused connection
 * breaks. undici writes a request once; write_witness.ts observes when.
 */
import { Agent, type Dispatcher, request as undiciRequest } from "undici";
import { createConnector } from "@/lib/meta/connector.ts";
import {
  GraphNetworkError,
  type GraphRequest,
  type GraphResponse,
  type GraphTransport,
} from "@/lib/meta/transport.ts";
import { WriteWitness, writeWitnessInterceptor } from "@/lib/meta/write_witness.ts";

const RESPONSE_LIMIT_BYTES = 1024 * 1024;
const DEFAULT_CONNECT_TIMEOUT_MS = 5_000;

// Meta does not say how long it keeps idle connections. Four seconds is well
// below common server limits, so that few sends meet a connection being closed.
const IDLE_CONNECTION_MS = 4_000;

/**
 * Makes a transport to a Graph API. `graphUrl` is its base without version
 * (https://graph.facebook.com), `version` such as "v25.0". `connections` limits
 * the open connections; without it there are as many as concurrent calls, and no
 * account waits for the connections of another.
 * `connectTimeoutMs` must lie well below the time limit of an attempt, so that a
 * dead network is recognised as "never written". `ca` is a certificate authority
 * (PEM) to trust instead of the system's, for a private gateway.
 */
export function createHttpTransport(options: {
  graphUrl: string;
  version: string;
  connections?: number;
  connectTimeoutMs?: number;
  ca?: string;
}): GraphTransport {
  const base = `${options.graphUrl.replace(/\/+$/, "")}/${options.version}`;
  const connector = createConnector({
    timeoutMs: options.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS,
    ...(options.ca === undefined ? {} : { ca: options.ca }),
  });
  const agent = new Agent({
    connections: options.connections ?? null,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: IDLE_CONNECTION_MS,
    maxResponseSize: RESPONSE_LIMIT_BYTES,
    // The caller's signal is the time limit; undici's own are off.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: connector.connect,
  });
  const dispatcher = agent.compose(writeWitnessInterceptor);
  return {
    request: (request) => callGraph(request, { base, dispatcher }),
    close: () => {
      connector.stop();
      return agent.destroy();
    },
  };
}

function callGraph(
  request: GraphRequest,
  options: { base: string; dispatcher: Dispatcher },
): Promise<GraphResponse> {
  const { signal } = request;
  const witness = new WriteWitness();
  return new Promise((resolve, reject) => {
    // undici looks at an aborted signal only once it has a connection. Until
    // then it has written nothing, and having seen the signal it never will.
    const onAbort = (): void => {
      if (!witness.written) reject(networkError(signal.reason, witness));
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    exchange(request, { ...options, witness })
      .then(resolve, (error) => reject(networkError(error, witness)))
      .finally(() => signal.removeEventListener("abort", onAbort));
  });
}

async function exchange(
  request: GraphRequest,
  options: { base: string; dispatcher: Dispatcher; witness: WriteWitness },
): Promise<GraphResponse> {
  requireSendableToken(request.accessToken);
  const query = new URLSearchParams(request.query).toString();
  const url = `${options.base}${request.path}${query === "" ? "" : `?${query}`}`;
  const answer = await undiciRequest(url, {
    method: request.method,
    dispatcher: options.dispatcher,
    opaque: options.witness,
    signal: request.signal,
    headers: {
      authorization: `Bearer ${request.accessToken}`,
      accept: "application/json",
      ...(request.body === undefined ? {} : { "content-type": "application/json" }),
    },
    body: request.body ?? null,
  });
  return {
    status: answer.statusCode,
    headers: joinHeaders(answer.headers),
    text: await answer.body.text(),
  };
}

// A header error of the HTTP client would print the value, so it must not get
// that far. RFC 9110 section 5.5 allows more, but no token of Meta needs it.
function requireSendableToken(accessToken: string): void {
  if (/^[\x21-\x7e]+$/.test(accessToken)) return;
  throw new GraphNetworkError(
    "The access token is empty or contains a space, line break or other character that cannot be sent: save it again",
    { certainty: "never_written", code: "INVALID_ACCESS_TOKEN" },
  );
}

/** Replaces any failure by our own error, which repeats no text of others. */
function networkError(
  error: unknown,
  witness: WriteWitness,
): GraphNetworkError {
  if (error instanceof GraphNetworkError) return error;
  const code = codeOf(error);
  return witness.written
    ? new GraphNetworkError(
      `No complete answer from Meta (${code}): the request may have been taken`,
      { certainty: "ambiguous", code },
    )
    : new GraphNetworkError(`Cannot reach Meta (${code}): nothing was sent`, {
      certainty: "never_written",
      code,
    });
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "UNKNOWN";
  // DOMException has a number here ("TimeoutError" is 23): its name says more.
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}

function joinHeaders(
  headers: Record<string, string | string[] | undefined>,
): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) {
      joined[name] = Array.isArray(value) ? value.join(", ") : value;
    }
  }
  return joined;
}
