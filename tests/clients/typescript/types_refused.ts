/**
 * What the client's types refuse: `deno task check` compiles this file, and fails where a line is accepted. Nothing runs
 * it.
 */
import type {
  ContactChanges,
  Message,
  MessageQuery,
  MessagesClient,
  NewContact,
  SendInput,
  TemplateParams,
} from "@/clients/typescript/src/mod.ts";

const to = "+14155550123";
const media_url = "https://example.com/a.png";

export const INPUTS: SendInput[] = [
  // @ts-expect-error the recipient is missing
  { text: "Hello" },
  // @ts-expect-error the text is missing
  { to },
  // @ts-expect-error a text has no file
  { to, text: "Hello", media_url },
  // @ts-expect-error a text has no template
  { to, text: "Hello", template: { name: "a" } },
  // @ts-expect-error the template is missing
  { to, type: "template" },
  // @ts-expect-error the values of a template are in its params
  { to, type: "template", template: { name: "a" }, text: "Hello" },
  // @ts-expect-error the file is missing
  { to, type: "image", text: "A caption" },
  // @ts-expect-error there is no such kind
  { to, type: "sticker", media_url },
  // @ts-expect-error a field is misspelt
  { to, text: "Hello", mediaUrl: media_url },
  // @ts-expect-error a number is a text, with its plus
  { to: 14155550123, text: "Hello" },
  // @ts-expect-error a value is a text, a number or a boolean
  { to, type: "template", template: { name: "a", params: [{ value: "Ann" }] } },
];

export const PARAMS: TemplateParams[] = [
  // @ts-expect-error a header is a text or a file
  { headerText: "Hi", headerMediaUrl: media_url },
  // @ts-expect-error a header's file has one source
  { headerMediaId: "1", headerMediaUrl: media_url },
];

export const CONTACTS: NewContact[] = [
  // @ts-expect-error a contact has a number or a user id
  { name: "Ann" },
  // @ts-expect-error and not both
  { phone: to, bsuid: "US.1349" },
];

export const CHANGES: ContactChanges[] = [
  // @ts-expect-error nothing is changed
  {},
  // @ts-expect-error a number is not changed
  { name: "Ann", phone: to },
];

export const QUERIES: MessageQuery[] = [
  // @ts-expect-error there is no such state
  { status: "seen" },
  // @ts-expect-error a field is misspelt
  { createdAfter: new Date() },
];

export async function misuse(client: MessagesClient, message: Message): Promise<void> {
  // @ts-expect-error which fields are there depends on direction and type
  message.template.name;
  // @ts-expect-error an outbound message is never received
  if (message.direction === "outbound" && message.status === "received") return;
  // @ts-expect-error a list is read with `for await` or `page`
  await client.messages.list().then;
  // @ts-expect-error the key is an option of its own
  await client.messages.send({ to, text: "Hello", idempotencyKey: "k" });
  // @ts-expect-error what the client knows of itself is its own
  client.transport;
}
