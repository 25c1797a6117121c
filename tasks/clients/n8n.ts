/**
 * An n8n workflow that sends one message, from the OpenAPI document. The key is in a credential of the kind "Header
 * Auth". Every try of one run has the same Idempotency-Key, so that none sends a second message: n8n tries again by
 * itself when the connection fails, and the workflow does where the answer says `error.retryable`, after Retry-After.
 */
import type { OpenApiDocument } from "@/lib/openapi/types.ts";
import { assignment, branch, idOf, leadsTo, type N8nWorkflow, nodeAt } from "./n8n_nodes.ts";

const START = "Start by hand";
const MESSAGE = "Message";
const SEND = "Send it";
const SENT = "Was it sent?";
const RETRYABLE = "May it be sent again?";
const WAIT = "Wait as told";
const DONE = "It was sent";
const FAIL = "It was not sent";

/** How often a message is sent again because the answer said so. */
const MAX_REPEATS = 4;

/** The workflow for a document. */
export function n8nWorkflow(document: OpenApiDocument): N8nWorkflow {
  const { path, method, body } = findSend(document);
  return {
    name: "Send a WhatsApp message",
    nodes: [
      {
        ...nodeAt(START, [0, 0]),
        type: "n8n-nodes-base.manualTrigger",
        typeVersion: 1,
        parameters: {},
      },
      {
        ...nodeAt(MESSAGE, [220, 0]),
        type: "n8n-nodes-base.set",
        typeVersion: 3.4,
        notes: "Where your server is, and what to send to whom",
        notesInFlow: true,
        parameters: {
          assignments: {
            assignments: [
              assignment("base_url", document.servers[0]?.url ?? ""),
              // Made once for each item, so that it is the same at every try.
              assignment("idempotency_key", "=n8n-{{ $execution.id }}-{{ $itemIndex }}"),
              ...Object.entries(body).map(([name, value]) => assignment(name, value)),
            ],
          },
          options: {},
        },
      },
      {
        ...nodeAt(SEND, [440, 0]),
        type: "n8n-nodes-base.httpRequest",
        typeVersion: 4.2,
        notes: "Credential: Header Auth, Name: Authorization, Value: Bearer wacrm_…",
        notesInFlow: true,
        retryOnFail: true,
        maxTries: 3,
        waitBetweenTries: 5000,
        parameters: {
          method,
          url: `={{ $('${MESSAGE}').item.json.base_url }}${path}`,
          authentication: "genericCredentialType",
          genericAuthType: "httpHeaderAuth",
          sendHeaders: true,
          headerParameters: {
            parameters: [{
              name: "Idempotency-Key",
              value: `={{ $('${MESSAGE}').item.json.idempotency_key }}`,
            }],
          },
          sendBody: true,
          specifyBody: "json",
          jsonBody: `={{ JSON.stringify({ ${
            Object.keys(body).map((name) => `${name}: $('${MESSAGE}').item.json.${name}`).join(", ")
          } }) }}`,
          options: {
            // A refusal is an answer, to be looked at; what is left to fail is the connection.
            response: { response: { fullResponse: true, neverError: true } },
            timeout: 60_000,
          },
        },
      },
      {
        ...nodeAt(SENT, [660, 0]),
        ...branch("={{ $json.statusCode === 201 }}"),
      },
      { ...nodeAt(DONE, [880, -120]), type: "n8n-nodes-base.noOp", typeVersion: 1, parameters: {} },
      {
        ...nodeAt(RETRYABLE, [880, 120]),
        ...branch(`={{ $json.body?.error?.retryable === true && $runIndex < ${MAX_REPEATS} }}`),
      },
      {
        ...nodeAt(WAIT, [1100, 0]),
        type: "n8n-nodes-base.wait",
        typeVersion: 1.1,
        webhookId: idOf(`${WAIT} (resume)`),
        parameters: { amount: "={{ Number($json.headers['retry-after'] ?? 5) }}", unit: "seconds" },
      },
      {
        ...nodeAt(FAIL, [1100, 240]),
        type: "n8n-nodes-base.stopAndError",
        typeVersion: 1,
        parameters: {
          errorMessage:
            "={{ $json.body?.error?.code ?? $json.statusCode }}: {{ $json.body?.error?.message ?? 'No answer of the API' }}",
        },
      },
    ],
    connections: {
      [START]: leadsTo(MESSAGE),
      [MESSAGE]: leadsTo(SEND),
      [SEND]: leadsTo(SENT),
      [SENT]: leadsTo(DONE, RETRYABLE),
      [RETRYABLE]: leadsTo(WAIT, FAIL),
      [WAIT]: leadsTo(SEND),
    },
    settings: { executionOrder: "v1" },
  };
}

/** The operation that sends, and the fields of its first example. */
function findSend(document: OpenApiDocument): {
  path: string;
  method: string;
  body: Record<string, string>;
} {
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      if (operation.operationId !== "sendMessage") continue;
      const [example] = Object.values(
        operation.requestBody?.content["application/json"]?.examples ?? {},
      );
      const body = Object.entries(example?.value ?? {}).map(([name, value]) => [
        name,
        String(value),
      ]);
      return { path, method: method.toUpperCase(), body: Object.fromEntries(body) };
    }
  }
  throw new TypeError('The document has no operation "sendMessage"');
}
