/**
 * Clients as the documentation tells people to write them: every message has its Idempotency-Key, and what gets no
 * answer is sent again with the same one. Built on undici, because Deno's `fetch` sends a POST again by itself when a
 * kept connection breaks, and tells nobody.
 */
import { Agent, request } from "undici";
import { eventually } from "@/tests/helpers/eventually.ts";

/** A message that was answered 201. */
export interface PersistentSend {
  key: string;
  messageId: string;
}

/** A request that got no answer. */
export interface LostConnection {
  /** Over a connection that is kept for the next request. */
  isKept: boolean;
}

/** Clients at work. */
export interface PersistentClients {
  sent: PersistentSend[];
  lost: LostConnection[];
  /** Lets every client finish the message that it has begun. */
  stop(): void;
  /** Resolves when all have stopped; rejects at once when one got an answer that it must not get. */
  done: Promise<unknown>;
}

/** The codes of errors that say that a connection broke, or could not be made. */
const LOST = ["UND_ERR_SOCKET", "ECONNRESET", "ECONNREFUSED", "EPIPE"];

/** For one message, with all its repetitions. */
const PATIENCE_MS = 20_000;

/**
 * Starts clients that send one message after the other to a port of 127.0.0.1.
 *
 * @param options.keeping clients that use one connection as long as it lasts
 * @param options.opening clients that open one for every request
 */
export function startPersistentClients(
  options: { port: number; key: string; keeping: number; opening: number },
): PersistentClients {
  const sent: PersistentSend[] = [];
  const lost: LostConnection[] = [];
  let isStopping = false;
  const run = async (index: number): Promise<void> => {
    const isKept = index < options.keeping;
    const agent = new Agent({ connections: 1, pipelining: 1 });
    const recipient = `+1415555${1000 + index}`;
    for (let count = 0; !isStopping; count++) {
      const key = `client-${index}-message-${count}`;
      const messageId = await eventually(async () => {
        const answer = await post({ ...options, agent, isKept, recipient, idempotencyKey: key });
        if (answer === null) lost.push({ isKept });
        return answer === null ? null : readMessageId(answer);
      }, PATIENCE_MS);
      sent.push({ key, messageId });
    }
    await agent.close();
  };
  const count = options.keeping + options.opening;
  return {
    sent,
    lost,
    stop: () => {
      isStopping = true;
    },
    done: Promise.all(Array.from({ length: count }, (_, index) => run(index))),
  };
}

interface Answer {
  status: number;
  text: string;
}

/** Null: the connection was lost, and the message may or may not have been sent. */
async function post(
  options: {
    port: number;
    key: string;
    agent: Agent;
    isKept: boolean;
    recipient: string;
    idempotencyKey: string;
  },
): Promise<Answer | null> {
  try {
    const { statusCode, body } = await request(
      `http://127.0.0.1:${options.port}/api/v1/messages`,
      {
        dispatcher: options.agent,
        method: "POST",
        reset: !options.isKept,
        headers: {
          authorization: `Bearer ${options.key}`,
          "content-type": "application/json",
          "idempotency-key": options.idempotencyKey,
        },
        body: JSON.stringify({ to: options.recipient, text: "Hello" }),
      },
    );
    return { status: statusCode, text: await body.text() };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (typeof code === "string" && LOST.includes(code)) return null;
    throw error;
  }
}

/** Null: the process that had it first is still at it. */
function readMessageId({ status, text }: Answer): string | null {
  const json = JSON.parse(text);
  if (status === 201) return json.data.message_id;
  if (json.error.code === "idempotency_in_progress") return null;
  throw new Error(`${status} ${text}`);
}
