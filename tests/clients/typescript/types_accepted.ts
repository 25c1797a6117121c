/** What the client's types accept and tell: `deno task check` compiles this file, nothing runs it. */
import {
  type ErrorCode,
  type List,
  type Message,
  MessagesApiError,
  MessagesClient,
  MessagesConnectionError,
  type Scope,
  type SendInput,
} from "@/clients/typescript/src/mod.ts";

/** Does not compile unless both types are the same. */
type Same<A, B> = [A] extends [B] ? [B] extends [A] ? true : never : never;

export async function useEverything(client: MessagesClient): Promise<void> {
  const text = await client.messages.send({ to: "+14155550123", text: "Hello" });
  const id: string = text.data.message_id;
  const remaining: number | undefined = text.rateLimit?.remaining;
  const replayed: boolean = text.replayed;
  const inputs: SendInput[] = [
    { to: "US.1349", type: "text", text: "Hi", name: null, reply_to_message_id: undefined },
    { to: "+1", type: "template", template: { name: "hello" } },
    { to: "+1", type: "template", template: { name: "a", params: ["Ann", 1042, true] } },
    {
      to: "+1",
      type: "template",
      template: {
        name: "a",
        language: "de",
        params: {
          body: { customer: "Ann" },
          headerMediaUrl: "https://example.com/a.pdf",
          headerMediaType: "document",
          buttonParams: { "0": "1042" },
        },
      },
    },
    { to: "+1", type: "document", media_url: "https://example.com/a.pdf", filename: "a.pdf" },
  ];
  for (const input of inputs) await client.messages.send(input, { idempotencyKey: id });
  for await (const message of client.messages.list({ created_after: new Date() })) {
    describeMessage(message);
  }
  const list: List<Message> = client.conversations.messages(id, { limit: 10 });
  const { data, nextCursor } = await list.page();
  if (nextCursor !== null) client.messages.list({ cursor: nextCursor });
  await client.contacts.create({ bsuid: "US.1349", email: null });
  const contact = await client.contacts.update(id, { name: null });
  const phone: string | null = contact.data.phone;
  const bytes: Uint8Array = await (await client.messages.media(id)).bytes();
  const scopes: Scope[] = (await client.me({ signal: AbortSignal.timeout(1) })).data.key.scopes;
  void [remaining, replayed, data, phone, bytes, scopes];
}

/** `direction` and `type` tell which fields are there. */
export function describeMessage(message: Message): string {
  if (message.direction === "inbound") {
    const received: "received" = message.status;
    return `${received} ${message.media?.mime_type ?? message.type}`;
  }
  switch (message.type) {
    case "text":
      return message.text.toUpperCase();
    case "template":
      return message.template.name;
    default:
      return message.media_url.slice(0, 10);
  }
}

/** An error's class tells what is known of it. */
export function describeError(error: unknown): string {
  if (error instanceof MessagesApiError) {
    const code: ErrorCode = error.code;
    const paths: string[] = error.issues.map(({ path }) => path);
    const hint: string | undefined = error.details.meta?.hint;
    return [code, hint, ...paths, error.retryAfterSeconds?.toFixed(0)].join(" ");
  }
  if (error instanceof MessagesConnectionError) {
    const reason: "lost" | "timed_out" | "unexpected_answer" = error.reason;
    return `${reason} ${error.idempotencyKey}`;
  }
  return String(error);
}

export const CLIENT = new MessagesClient({
  baseUrl: new URL("http://localhost:8000"),
  apiKey: undefined as string | undefined,
  fetch: (input, init) => fetch(input, init),
});

export const REASON_IS_CLOSED: Same<
  MessagesConnectionError["reason"],
  "lost" | "timed_out" | "unexpected_answer"
> = true;
