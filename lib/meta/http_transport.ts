/**
 * The GraphTransport that goes over the network, on undici's Agent with
 * kept-alive HTTP/1.1 connections. It never uses fetch or node:http: under Deno
 * both silently send a POST a second time when a reused connection breaks.
 * undici writes a request once; exchange.ts observes when.
 */
import { Agent, type Dispatcher } from "undici";
import { createConnector } from "@/lib/meta/connector.ts";
import { Exchange } from "@/lib/meta/exchange.ts";
import {
  GraphNetworkError,
  type GraphRequest,
  type GraphResponse,
  type GraphTransport,
} from "@/lib/meta/transport.ts";

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
  const { origin, pathname } = new URL(options.graphUrl);
  const basePath = `${pathname.replace(/\/+$/, "")}/${options.version}`;
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
  return {
    request: (request) => callGraph(request, { agent, origin, basePath }),
    close: () => {
      connector.stop();
      return agent.destroy();
    },
  };
}

async function callGraph(
  request: GraphRequest,
  options: { agent: Dispatcher; origin: string; basePath: string },
): Promise<GraphResponse> {
  const { method, path, accessToken, signal, body } = request;
  const exchange = new Exchange(signal);
  try {
    signal.throwIfAborted();
    requireSendableToken(accessToken);
    const query = new URLSearchParams(request.query).toString();
    options.agent.dispatch({
      origin: options.origin,
      path: `${options.basePath}${path}${query === "" ? "" : `?${query}`}`,
      method,
      headers: {
        authorization: `Bearer ${accessToken}`,
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      body: body ?? null,
    }, exchange);
  } catch (error) {
    exchange.fail(error);
  }
  try {
    return await exchange.answer;
  } catch (error) {
    throw networkError(error, exchange);
  }
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
  exchange: Exchange,
): GraphNetworkError {
  if (error instanceof GraphNetworkError) return error;
  const code = codeOf(error);
  return exchange.written
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
