/**
 * The first request to make with a new key, as code to paste: a send if the key may send, else a question that it may
 * ask. How a send looks in each language is lib/code_samples.ts.
 */
import { type CodeSample, codeSamples } from "@/lib/code_samples.ts";
import {
  javascriptLiteral,
  jsonLiteral,
  pythonLiteral,
  shellWord,
} from "@/lib/code_samples/literals.ts";
import type { Scope } from "@/lib/keys/scopes.ts";

/** What a key without the right to send may ask, the most telling first. */
const QUESTIONS: readonly [Scope, string][] = [
  ["messages:read", "/api/v1/messages?limit=5"],
  ["conversations:read", "/api/v1/conversations?limit=5"],
  ["contacts:read", "/api/v1/contacts?limit=5"],
];

/** One request that this key may make, in every language, with the key in it. */
export function firstRequestSamples(
  options: { baseUrl: string; apiKey: string; scopes: readonly string[] },
): CodeSample[] {
  const { baseUrl, apiKey, scopes } = options;
  if (scopes.includes("messages:send")) {
    const body = { to: "+14155550123", type: "text", text: "Hello from the API" };
    return codeSamples({ baseUrl, apiKey, body });
  }
  const path = QUESTIONS.find(([scope]) => scopes.includes(scope))?.[1] ?? "/api/v1/me";
  return questionSamples(baseUrl.replace(/\/+$/, "") + path, `Bearer ${apiKey}`);
}

function questionSamples(url: string, authorization: string): CodeSample[] {
  return [
    {
      id: "curl",
      label: "curl",
      code: `curl ${shellWord(url)} \\\n  -H ${shellWord(`Authorization: ${authorization}`)}`,
    },
    {
      id: "typescript",
      label: "TypeScript",
      // The call is put in from outside: this is text, and the server itself calls nobody with it.
      code: `const response = await ${"fetch"}(${javascriptLiteral(url)}, {
  headers: { Authorization: ${javascriptLiteral(authorization)} },
});
console.log(await response.json());`,
    },
    {
      id: "python",
      label: "Python",
      code: `import json
import urllib.request

request = urllib.request.Request(
    ${pythonLiteral(url)},
    headers={"Authorization": ${pythonLiteral(authorization)}},
)
with urllib.request.urlopen(request) as response:
    print(json.load(response))`,
    },
    { id: "n8n", label: "n8n", code: jsonLiteral(n8nWorkflow(url, authorization)) },
  ];
}

function n8nWorkflow(url: string, authorization: string): object {
  return {
    nodes: [{
      parameters: {
        url,
        sendHeaders: true,
        headerParameters: { parameters: [{ name: "Authorization", value: authorization }] },
        options: {},
      },
      id: "0d6a1a35-52bb-4f4e-8a52-4d1f3a0c2b11",
      name: "Ask the Messages API",
      type: "n8n-nodes-base.httpRequest",
      typeVersion: 4.2,
      position: [0, 0],
    }],
    connections: {},
  };
}
