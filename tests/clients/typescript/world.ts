/**
 * What a case of the client's tests finds around it, wherever it runs: the client as its users load it, a real server,
 * and a way to ask the test process for everything else (control.ts). Runs under Node too, so nothing of Deno here.
 */
import type * as Client from "@/clients/typescript/src/mod.ts";

/** The client's module. */
export type ClientModule = typeof Client;

/** Where the cases of one runtime find the rest. */
export interface WorldAddress {
  /** The server, through a gateway that can lose requests and answers. */
  serverUrl: string;
  controlUrl: string;
}

/** An account of a case's own, connected to the simulator. */
export interface CaseAccount {
  id: string;
  /** A live key with every scope and no rate limit. */
  key: string;
}

/** What a peer does with a request, after reading it whole. */
export type PeerStep =
  | { status: number; headers?: Record<string, string>; body: string }
  | { cut: "reset" | "close" | "halfStatusLine" };

/** A bare TCP server that follows a script. */
export interface Peer {
  url: string;
  received(): Promise<PeerRequest[]>;
}

/** A request that a peer has read whole. */
export interface PeerRequest {
  /** 1 for the first connection. */
  connection: number;
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** What an account has sent. */
export interface SentCounts {
  /** Messages that Meta has received. */
  deliveries: number;
  messages: number;
  idempotencyKeys: number;
}

/** The surroundings of a case. */
export interface World {
  api: ClientModule;
  serverUrl: string;
  /** A client of the server with a key. */
  client(key: string, options?: Partial<Client.ClientOptions>): Client.MessagesClient;
  makeAccount(): Promise<CaseAccount>;
  makeKey(accountId: string, rateLimit: number): Promise<string>;
  /** The next request with this text is lost, or its answer is, or it is held up until `release`. */
  loseNext(text: string, what: "answer" | "request" | "time"): Promise<void>;
  release(): Promise<void>;
  /** Resolves once the server's request to Meta with this text is held up; it is so until `releaseAtMeta`. */
  holdAtMeta(text: string): Promise<void>;
  releaseAtMeta(): Promise<void>;
  countSent(accountId: string): Promise<SentCounts>;
  /** Meta does this to each send of an account from now on. */
  setFault(accountId: string, fault: Record<string, unknown>): Promise<void>;
  /** Follows the steps in turn, one for each request, and repeats the last. */
  startPeer(steps: PeerStep[]): Promise<Peer>;
  /** Somebody sends a file to an account; `size` is what is announced. Gives the message's id. */
  receiveFile(accountId: string, file: { bytes: number[]; size: number }): Promise<string>;
}

/** Makes the world of a runtime. */
export function makeWorld(api: ClientModule, { serverUrl, controlUrl }: WorldAddress): World {
  // deno-lint-ignore no-explicit-any -- each command answers what its caller above declares
  const ask = async (command: string, input: Record<string, unknown> = {}): Promise<any> => {
    const response = await fetch(controlUrl, {
      method: "POST",
      body: JSON.stringify({ command, ...input }),
    });
    if (!response.ok) throw new Error(await response.text());
    return await response.json();
  };
  return {
    api,
    serverUrl,
    client: (apiKey, options = {}) =>
      new api.MessagesClient({ baseUrl: serverUrl, apiKey, ...options }),
    makeAccount: () => ask("makeAccount"),
    makeKey: (accountId, rateLimit) => ask("makeKey", { accountId, rateLimit }),
    loseNext: (text, what) => ask("loseNext", { text, what }),
    release: () => ask("release"),
    holdAtMeta: (text) => ask("holdAtMeta", { text }),
    releaseAtMeta: () => ask("releaseAtMeta"),
    countSent: (accountId) => ask("countSent", { accountId }),
    setFault: (accountId, fault) => ask("setFault", { accountId, fault }),
    startPeer: async (steps) => {
      const { id, url } = await ask("startPeer", { steps });
      return { url, received: () => ask("peerReceived", { id }) };
    },
    receiveFile: (accountId, file) => ask("receiveFile", { accountId, ...file }),
  };
}

/** The runtime's fetch, with the status of each answer written down. */
export function watchedFetch(statuses: number[]): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    statuses.push(response.status);
    return response;
  };
}
