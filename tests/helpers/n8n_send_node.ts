/** Works the HTTP node of the n8n workflow out as n8n does: every expression in its parameters, for one item. */
import type { N8nNode, N8nWorkflow } from "@/tasks/clients/n8n_nodes.ts";

/** The request that the node makes, without its credential. */
export interface NodeRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  /** JSON. */
  body: string;
}

/** What n8n knows while it runs an item. */
interface Scope {
  $execution: { id: string };
  $itemIndex: number;
  $json: Record<string, unknown>;
  $: (node: string) => { item: { json: Record<string, unknown> } };
}

interface Assignments {
  assignments: { assignments: { name: string; value: string }[] };
}

interface HttpParameters {
  method: string;
  url: string;
  authentication: string;
  genericAuthType: string;
  sendHeaders: boolean;
  headerParameters: { parameters: { name: string; value: string }[] };
  sendBody: boolean;
  specifyBody: string;
  jsonBody: string;
}

/** The request of one item of an execution, with some fields of the node before set to other values. */
export function runSendNode(
  workflow: N8nWorkflow,
  options: { executionId: string; itemIndex: number; fields: Record<string, string> },
): NodeRequest {
  const scope: Scope = {
    $execution: { id: options.executionId },
    $itemIndex: options.itemIndex,
    $json: {},
    $: (name) => ({ item: { json: name === message.name ? fields : {} } }),
  };
  const message = nodeOfType(workflow, "n8n-nodes-base.set");
  const { assignments } = message.parameters as unknown as Assignments;
  const fields: Record<string, unknown> = {};
  for (const { name, value } of assignments.assignments) fields[name] = evaluate(value, scope);
  Object.assign(fields, options.fields);
  const http = nodeOfType(workflow, "n8n-nodes-base.httpRequest")
    .parameters as unknown as HttpParameters;
  if (http.genericAuthType !== "httpHeaderAuth" || http.specifyBody !== "json") {
    throw new TypeError(
      "The node has another kind of authentication or body than is worked out here",
    );
  }
  return {
    method: http.method,
    url: evaluate(http.url, scope),
    headers: {
      "content-type": "application/json",
      ...Object.fromEntries(
        http.headerParameters.parameters.map(({ name, value }) => [name, evaluate(value, scope)]),
      ),
    },
    body: evaluate(http.jsonBody, scope),
  };
}

/** Where an output of a node leads, by the node's name: the condition of a branch decides between two. */
export function nextNode(
  workflow: N8nWorkflow,
  options: { from: string; $json: Record<string, unknown>; $runIndex: number },
): string | null {
  const node = workflow.nodes.find(({ name }) => name === options.from);
  if (node === undefined) throw new TypeError(`There is no node "${options.from}"`);
  const outputs = workflow.connections[options.from]?.main ?? [];
  const output = node.type === "n8n-nodes-base.if" && !isTrue(node, options)
    ? outputs[1]
    : outputs[0];
  return output?.[0]?.node ?? null;
}

function isTrue(
  node: N8nNode,
  scope: { $json: Record<string, unknown>; $runIndex: number },
): boolean {
  const { conditions } = node.parameters.conditions as { conditions: { leftValue: string }[] };
  return conditions.every(({ leftValue }) => evaluate(leftValue, scope) === "true");
}

function nodeOfType(workflow: N8nWorkflow, type: string): N8nNode {
  const [node, ...others] = workflow.nodes.filter((it) => it.type === type);
  if (node === undefined || others.length > 0) throw new TypeError(`Not one node is a "${type}"`);
  return node;
}

/** A text is an expression if it begins with "="; its parts in double braces are JavaScript. */
function evaluate(text: string, scope: object): string {
  if (!text.startsWith("=")) return text;
  return text.slice(1).replace(
    /\{\{(.*?)\}\}(?!\})/gs,
    (_, code: string) =>
      String(new Function(...Object.keys(scope), `return (${code});`)(...Object.values(scope))),
  );
}
