/** The parts of a workflow as n8n keeps it in a file. */
import { createHash } from "node:crypto";

/** A node: what it is, and what it is set to. */
export interface N8nNode {
  parameters: Record<string, unknown>;
  id: string;
  name: string;
  type: string;
  typeVersion: number;
  position: [x: number, y: number];
  notes?: string;
  notesInFlow?: true;
  retryOnFail?: true;
  maxTries?: number;
  waitBetweenTries?: number;
  webhookId?: string;
}

export interface N8nWorkflow {
  name: string;
  nodes: N8nNode[];
  /** Where the outputs of a node, by its name, lead. */
  connections: Record<string, { main: { node: string; type: "main"; index: number }[][] }>;
  settings: { executionOrder: "v1" };
}

/** A node with its name, its id and its place on the canvas. */
export function nodeAt(
  name: string,
  position: [number, number],
): Pick<N8nNode, "id" | "name" | "position"> {
  return { id: idOf(name), name, position };
}

/** A UUID that is the same each time the file is written. */
export function idOf(name: string): string {
  const hex = createHash("sha256").update(name).digest("hex");
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, "$1-$2-4$3-8$4-$5");
}

/** A field that the node "Set" gives to an item. */
export function assignment(name: string, value: string): Record<string, string> {
  return { id: idOf(`field ${name}`), name, value, type: "string" };
}

/** A node with two outputs: for "true" and for "false". */
export function branch(
  condition: string,
): Pick<N8nNode, "type" | "typeVersion" | "parameters"> {
  return {
    type: "n8n-nodes-base.if",
    typeVersion: 2.2,
    parameters: {
      conditions: {
        options: { caseSensitive: true, leftValue: "", typeValidation: "strict", version: 2 },
        conditions: [{
          id: idOf(condition),
          leftValue: condition,
          rightValue: "",
          operator: { type: "boolean", operation: "true", singleValue: true },
        }],
        combinator: "and",
      },
      options: {},
    },
  };
}

/** The outputs of a node, each leading to one other. */
export function leadsTo(...nodes: string[]): N8nWorkflow["connections"][string] {
  return { main: nodes.map((node) => [{ node, type: "main", index: 0 }]) };
}
