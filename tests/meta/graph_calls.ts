/**
 * What the tests of the Graph client share: one number, one payload, and a send
 * through the HTTP transport to a simulator.
 */
import type { Simulator } from "@/tests/simulator/simulator.ts";
import { startSimulator } from "@/tests/simulator/simulator.ts";
import { sendOnce, type SendOutcome } from "@/lib/meta/client.ts";
import { createHttpTransport } from "@/lib/meta/http_transport.ts";
import { buildSendPayload, type SendPayload } from "@/lib/meta/payload.ts";
import type { GraphTransport } from "@/lib/meta/transport.ts";

/** A token that is easy to find in any text. */
export const TOKEN = "EAAtokenTOKENtoken0123456789";

/** The simulated number. */
export const NUMBER = {
  id: "106540352242922",
  wabaId: "102290129340398",
  accessToken: TOKEN,
};

/** A text message to this phone number. */
export function textPayload(
  phone = "+14155550123",
  callbackData = "m1",
): SendPayload {
  return buildSendPayload({
    recipient: { kind: "phone", phone },
    message: { type: "text", text: "Hello" },
    callbackData,
  });
}

/** One attempt; `timeoutMs` ends it as an attempt's limit would. */
export async function send(transport: GraphTransport, options: {
  payload?: SendPayload;
  accessToken?: string;
  phoneNumberId?: string;
  timeoutMs?: number;
} = {}): Promise<SendOutcome> {
  const controller = new AbortController();
  const timer = setTimeout(
    () => controller.abort(new DOMException("Too long", "TimeoutError")),
    options.timeoutMs ?? 10_000,
  );
  try {
    return await sendOnce(transport, {
      phoneNumberId: options.phoneNumberId ?? NUMBER.id,
      accessToken: options.accessToken ?? TOKEN,
      payload: options.payload ?? textPayload(),
      signal: controller.signal,
    });
  } finally {
    clearTimeout(timer);
  }
}

/** Runs with a simulator and a transport to it, and closes both. */
export async function withSimulator(
  run: (simulator: Simulator, transport: GraphTransport) => Promise<void>,
  options: { connections?: number } = {},
): Promise<void> {
  await using simulator = await startSimulator({ phoneNumbers: [NUMBER] });
  const transport = createHttpTransport({
    graphUrl: simulator.url,
    version: "v25.0",
    ...options,
  });
  try {
    await run(simulator, transport);
  } finally {
    await transport.close();
  }
}
