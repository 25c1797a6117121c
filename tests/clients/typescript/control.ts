/**
 * What the cases may ask of the test process, over HTTP, since some of them run in a process of Node: accounts, faults,
 * counts of what was sent.
 */
import type { Harness } from "@/tests/helpers/harness.ts";
import { newWriter, receive } from "@/tests/helpers/inbound.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";
import { countRows, receivedFrom } from "@/tests/helpers/sends.ts";
import type { TcpGateway } from "@/tests/helpers/tcp_gateway.ts";
import { type PeerServer, startPeerServer } from "@/tests/clients/typescript/peer.ts";

/** A running control port. */
export interface Control extends AsyncDisposable {
  url: string;
}

/** What the commands work on: a gateway in front of the server, and one between the server and Meta. */
interface Surroundings {
  harness: Harness;
  gateway: TcpGateway;
  metaGateway: TcpGateway;
}

// deno-lint-ignore no-explicit-any -- the input of each command is what world.ts sends
type Command = (input: any) => Promise<unknown>;

/** Starts the control port. */
export function startControl(surroundings: Surroundings): Control {
  const peers: PeerServer[] = [];
  const commands = makeCommands({ ...surroundings, peers });
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    async (request) => {
      const { command, ...input } = await request.json();
      try {
        return Response.json(await commands[command]?.(input) ?? null);
      } catch (error) {
        return new Response(String(error), { status: 500 });
      }
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: async () => {
      for (const peer of peers) await peer[Symbol.asyncDispose]();
      await server.shutdown();
    },
  };
}

function makeCommands(
  { harness, gateway, metaGateway, peers }: Surroundings & { peers: PeerServer[] },
): Record<string, Command> {
  const { simulator } = harness;
  const accounts = new Map<string, SeededAccount>();
  const accountOf = (id: string): SeededAccount => {
    const account = accounts.get(id);
    if (account === undefined) throw new Error(`No case has the account "${id}"`);
    return account;
  };
  return {
    makeAccount: async () => {
      const account = await harness.makeAccount();
      accounts.set(account.id, account);
      return { id: account.id, key: account.key.key };
    },
    makeKey: async ({ accountId, rateLimit }) =>
      (await harness.makeKey({ accountId, rateLimit })).key,
    loseNext: ({ text, what }) => {
      // It has happened when the case goes on; nobody waits for it here.
      void gateway.loseNext(text, what);
      return Promise.resolve();
    },
    release: () => Promise.resolve(gateway.release()),
    holdAtMeta: ({ text }) => metaGateway.loseNext(text, "time"),
    releaseAtMeta: () => Promise.resolve(metaGateway.release()),
    countSent: async ({ accountId }) => {
      const rows = await countRows(harness, accountId);
      return {
        deliveries: receivedFrom(simulator, accountOf(accountId)).length,
        messages: rows.messages,
        idempotencyKeys: rows.keys,
      };
    },
    setFault: ({ accountId, fault }) => {
      const { phoneNumberId } = accountOf(accountId);
      simulator.faults.when(({ path }) => path.includes(`/${phoneNumberId}/`), fault);
      return Promise.resolve();
    },
    startPeer: async ({ steps }) => {
      const peer = await startPeerServer(steps);
      return { id: peers.push(peer) - 1, url: peer.url };
    },
    peerReceived: ({ id }) => Promise.resolve(peers[id]?.received),
    receiveFile: async ({ accountId, bytes, size }) => {
      const account = accountOf(accountId);
      const mediaId = crypto.randomUUID();
      simulator.addFile({
        id: mediaId,
        accessToken: account.accessToken,
        mimeType: "application/pdf",
        size,
        pieces: () => [new Uint8Array(bytes)],
      });
      const row = await receive(harness, account, {
        from: newWriter(),
        message: {
          type: "document",
          document: { id: mediaId, mime_type: "application/pdf", filename: "Bill – May.pdf" },
        },
      });
      return row.id;
    },
  };
}
