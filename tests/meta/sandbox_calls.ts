/**
 * What the tests of the sandbox share: one sandbox with a known number, and a
 * call that parses the answer.
 */
import { createSandbox, type Sandbox, type SandboxRecord } from "@/lib/meta/sandbox.ts";
import { NUMBER, TOKEN } from "@/tests/meta/graph_calls.ts";

/** A sandbox with NUMBER, and the records it makes. */
export function makeSandbox(): { sandbox: Sandbox; records: SandboxRecord[] } {
  const records: SandboxRecord[] = [];
  const sandbox = createSandbox({
    isKnownNumber: (id) => id === NUMBER.id,
    checkToken: (token) => token === TOKEN,
    listNumbers: (wabaId) =>
      wabaId !== NUMBER.wabaId ? null : ["1", "2", "3"].map((id) => ({
        id,
        wabaId,
        displayPhoneNumber: `+1 555-010-000${id}`,
        verifiedName: "Acme",
      })),
    listWabaIds: () => [NUMBER.wabaId],
    record: (record) => records.push(record),
  });
  return { sandbox, records };
}

/** The parts of Meta's JSON that tests look into; an answer has some of them. */
export interface GraphJson {
  contacts: unknown[];
  messages: [{ id: string; message_status?: string }];
  error?: {
    message: string;
    code: number;
    error_subcode?: number;
    error_data: { details: string };
    fbtrace_id: string;
  };
  data: unknown;
  paging: { cursors: { after: string }; next?: string };
}

/** A parsed answer of the sandbox. */
export interface SandboxAnswer {
  status: number;
  headers: Record<string, string>;
  body: GraphJson;
}

/** Calls a sandbox; `body` is made JSON unless it is a string already. */
export async function call(sandbox: Sandbox, options: {
  method?: string;
  path?: string;
  query?: Record<string, string>;
  authorization?: string | null;
  body?: unknown;
} = {}): Promise<SandboxAnswer> {
  const { body } = options;
  const response = await sandbox.handle({
    method: options.method ?? "POST",
    path: options.path ?? `/${NUMBER.id}/messages`,
    query: options.query ?? {},
    authorization: options.authorization === undefined ? `Bearer ${TOKEN}` : options.authorization,
    body: body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body),
  });
  if (response.kind !== "answer") throw new Error(`Got ${response.kind}`);
  return {
    status: response.status,
    headers: response.headers,
    body: JSON.parse(response.body),
  };
}

/** A valid text message with these changes; undefined removes a key. */
export function textBody(changes: Record<string, unknown> = {}): unknown {
  return {
    messaging_product: "whatsapp",
    recipient_type: "individual",
    to: "+14155550123",
    type: "text",
    biz_opaque_callback_data: "m1",
    text: { body: "Hello" },
    ...changes,
  };
}
