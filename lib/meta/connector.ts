/**
 * Opens the TCP and TLS connections of the HTTP transport, in place of undici's
 * own connector: its connect timeout is coarse (up to a second late) and keeps a
 * process-wide timer running. This one is exact and can be stopped, so that
 * closing the transport leaves nothing behind.
 */
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { buildConnector } from "undici";

const TCP_KEEP_ALIVE_DELAY_MS = 60_000;

/** Opens connections for an Agent (its `connect` option), and can be stopped. */
export interface Connector {
  connect: buildConnector.connector;
  /** Breaks off every connection that is still being opened. */
  stop(): void;
}

/** The error of a connection that was not open in time. */
class ConnectTimeoutError extends Error {
  override readonly name = "ConnectTimeoutError";
  /** The code that undici's own connector would give. */
  readonly code = "UND_ERR_CONNECT_TIMEOUT";
}

/**
 * Makes a connector that gives up after `timeoutMs`, TLS handshake included.
 * `ca` is the certificate authority (PEM) to trust instead of the system's.
 */
export function createConnector(
  options: { timeoutMs: number; ca?: string },
): Connector {
  const opening = new Set<Socket>();
  return {
    connect: (target, callback) => {
      const socket = openSocket(target, options);
      opening.add(socket);
      const timer = setTimeout(
        () => socket.destroy(new ConnectTimeoutError("Connecting took too long")),
        options.timeoutMs,
      );
      const settle = (): boolean => {
        clearTimeout(timer);
        return opening.delete(socket);
      };
      socket.once(
        target.protocol === "https:" ? "secureConnect" : "connect",
        () => {
          if (settle()) callback(null, socket);
        },
      );
      // Stays on the socket for life: an error without a listener would end
      // the process. Once it is open, undici has its own listener too.
      socket.on("error", (error) => {
        if (settle()) callback(error, null);
      });
    },
    stop: () => {
      for (const socket of opening) {
        socket.destroy(new ConnectTimeoutError("Connecting was broken off"));
      }
    },
  };
}

function openSocket(
  target: buildConnector.Options,
  options: { ca?: string },
): Socket {
  const { protocol, hostname } = target;
  const isTls = protocol === "https:";
  const address = {
    host: hostname,
    port: Number(target.port || (isTls ? 443 : 80)),
    // A host with an IPv6 address must be reachable where only IPv4 works.
    autoSelectFamily: true,
  };
  const socket = isTls
    ? connectTls({
      ...address,
      ...(target.servername ? { servername: target.servername } : {}),
      ...(options.ca === undefined ? {} : { ca: options.ca }),
      ALPNProtocols: ["http/1.1"],
    })
    : connectTcp(address);
  return socket.setNoDelay(true).setKeepAlive(true, TCP_KEEP_ALIVE_DELAY_MS);
}
