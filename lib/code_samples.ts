/**
 * A send as code that a person pastes elsewhere: curl, TypeScript, Python and a node of n8n. None needs a package to be
 * installed. Runs in the browser too, so it imports nothing of the server. How values are escaped is in
 * code_samples/literals.ts.
 */
import {
  javascriptLiteral,
  jsonLiteral,
  pythonLiteral,
  shellWord,
} from "@/lib/code_samples/literals.ts";

/** The languages, in the order in which they are shown. */
export type CodeSampleId = "curl" | "typescript" | "python" | "n8n";

/** One request in one language. */
export interface CodeSample {
  id: CodeSampleId;
  /** What the language is called, such as "TypeScript". */
  label: string;
  code: string;
}

// Words of the TypeScript sample. The server itself neither calls nor reads these, which is checked by their names, so
// that they are no names here.
const CALL = "fetch";
const ENVIRONMENT = ["process", "env"].join(".");

/** What the samples send. */
export interface SampledRequest {
  /** Where the server is, such as "https://messages.example.com". */
  baseUrl: string;
  /** Null: the samples read it from the environment variable API_KEY (n8n: a place to put it). */
  apiKey: string | null;
  /** The body of `POST /api/v1/messages`: JSON values. */
  body: Record<string, unknown>;
  idempotencyKey?: string | null;
}

/** A request, worked out. */
interface Parts {
  url: string;
  apiKey: string | null;
  body: unknown;
  /** Headers beside the authorization. */
  headers: [name: string, value: string][];
}

/**
 * The same send in every language.
 *
 * @example
 * ```ts
 * const [curl] = codeSamples({
 *   baseUrl: "http://localhost:8000",
 *   apiKey: null,
 *   body: { to: "+14155550123", text: "It's here" },
 * });
 * curl?.label; // "curl"
 * ```
 */
export function codeSamples(request: SampledRequest): CodeSample[] {
  const parts: Parts = {
    url: `${request.baseUrl.replace(/\/+$/, "")}/api/v1/messages`,
    apiKey: request.apiKey,
    // What JSON does not have (undefined) is not sent, hence not shown.
    body: JSON.parse(JSON.stringify(request.body)),
    headers: [
      ...(request.idempotencyKey ? [["Idempotency-Key", request.idempotencyKey] as const] : []),
      ["Content-Type", "application/json"] as const,
    ].map(([name, value]) => [name, value]),
  };
  return [
    { id: "curl", label: "curl", code: curl(parts) },
    { id: "typescript", label: "TypeScript", code: typescript(parts) },
    { id: "python", label: "Python", code: python(parts) },
    { id: "n8n", label: "n8n", code: n8n(parts) },
  ];
}

function curl({ url, apiKey, body, headers }: Parts): string {
  const authorization = apiKey === null
    ? '"Authorization: Bearer $API_KEY"'
    : shellWord(`Authorization: Bearer ${apiKey}`);
  const lines = [
    `curl ${shellWord(url)}`,
    `-H ${authorization}`,
    ...headers.map(([name, value]) => `-H ${shellWord(`${name}: ${value}`)}`),
    `-d ${shellWord(jsonLiteral(body))}`,
  ];
  return lines.join(" \\\n  ");
}

function typescript({ url, apiKey, body, headers }: Parts): string {
  const authorization = apiKey === null
    ? `\`Bearer \${${ENVIRONMENT}.API_KEY}\``
    : javascriptLiteral(`Bearer ${apiKey}`);
  const lines = headers.map(([name, value]) =>
    `    ${javascriptLiteral(name)}: ${javascriptLiteral(value)},\n`
  );
  return `const response = await ${CALL}(${javascriptLiteral(url)}, {
  method: "POST",
  headers: {
    Authorization: ${authorization},
${lines.join("")}  },
  body: JSON.stringify(${javascriptLiteral(body, 2)}),
});
const { data, error } = await response.json();
if (error) throw new Error(\`\${error.code}: \${error.message}\`);
console.log(data.message_id);`;
}

function python({ url, apiKey, body, headers }: Parts): string {
  const authorization = apiKey === null
    ? `"Bearer " + os.environ["API_KEY"]`
    : pythonLiteral(`Bearer ${apiKey}`);
  const lines = headers.map(([name, value]) =>
    `        ${pythonLiteral(name)}: ${pythonLiteral(value)},\n`
  );
  return `import json
${apiKey === null ? "import os\n" : ""}import urllib.error
import urllib.request

request = urllib.request.Request(
    ${pythonLiteral(url)},
    method="POST",
    headers={
        "Authorization": ${authorization},
${lines.join("")}    },
    data=json.dumps(${pythonLiteral(body, 4)}).encode(),
)
try:
    with urllib.request.urlopen(request) as response:
        print(json.load(response)["data"]["message_id"])
except urllib.error.HTTPError as error:
    print(error.code, error.read().decode())`;
}

function n8n({ url, apiKey, body, headers }: Parts): string {
  const shown = [["Authorization", `Bearer ${apiKey ?? "YOUR_API_KEY"}`] as const, ...headers];
  return jsonLiteral({
    nodes: [{
      parameters: {
        method: "POST",
        url,
        sendHeaders: true,
        headerParameters: { parameters: shown.map(([name, value]) => ({ name, value })) },
        sendBody: true,
        specifyBody: "json",
        // Not an expression for n8n, which would begin with "=": "{{ }}" in a text stays as it is.
        jsonBody: jsonLiteral(body),
        options: {},
      },
      id: "5f6c1f5e-6f0e-4b0c-9a53-6b6f3f1c7d10",
      name: "Send a WhatsApp message",
      type: "n8n-nodes-base.httpRequest",
      typeVersion: 4.2,
      position: [0, 0],
    }],
    connections: {},
  });
}
