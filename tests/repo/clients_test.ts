/** What is generated from the OpenAPI document is up to date, and what it claims to be. */
import { assert, assertEquals } from "@std/assert";
import { makeDocument } from "@/lib/openapi/document.ts";
import { updateClients } from "@/tasks/clients.ts";
import { n8nWorkflow } from "@/tasks/clients/n8n.ts";
import { nextNode } from "@/tests/helpers/n8n_send_node.ts";
import { readRepoFile, REPO_ROOT } from "@/tests/helpers/repo_files.ts";

Deno.test('clients/ is what "deno task clients" writes', async () => {
  assertEquals(await updateClients(REPO_ROOT, { check: true }), []);
});

Deno.test('"deno task clients" writes what is missing or stale, and nothing else', async () => {
  const root = new URL(`file://${await Deno.makeTempDir()}/`);
  try {
    const all = await updateClients(root, { check: true });
    assertEquals(all.length, 3);
    assertEquals(await updateClients(root, { check: false }), all);
    assertEquals(await updateClients(root, { check: true }), []);
    const file = new URL("clients/openapi.json", root);
    assertEquals(await Deno.readTextFile(file), await readRepoFile("clients/openapi.json"));
    await Deno.writeTextFile(file, "{}\n");
    assertEquals(await updateClients(root, { check: true }), ["clients/openapi.json"]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("The n8n workflow goes on as the answer says", () => {
  const workflow = n8nWorkflow(makeDocument("http://localhost:8000"));
  // The way of an answer from the node that sends to where it ends, or sends again.
  const way = ($json: Record<string, unknown>, $runIndex: number = 0) => {
    const nodes: string[] = [];
    let from: string | null = "Send it";
    do {
      from = nextNode(workflow, { from, $json, $runIndex });
      if (from !== null) nodes.push(from);
    } while (from !== null && from !== "Send it");
    return nodes.at(-1);
  };
  const refused = (retryable: boolean) => ({ statusCode: 503, body: { error: { retryable } } });
  assertEquals(way({ statusCode: 201, body: { data: {} } }), "It was sent");
  assertEquals(way(refused(true)), "Send it");
  assertEquals(way(refused(true), 4), "It was not sent");
  assertEquals(way(refused(false)), "It was not sent");
  // A proxy in front of the server, with a page of its own.
  assertEquals(way({ statusCode: 502, body: "<h1>Bad Gateway</h1>" }), "It was not sent");
});

Deno.test("The n8n workflow has no loose ends, and no key in it", async () => {
  const text = await readRepoFile("clients/n8n/send-message.json");
  const { nodes, connections } = n8nWorkflow(makeDocument("http://localhost:8000"));
  const names = nodes.map(({ name }) => name);
  assertEquals(new Set(names).size, names.length);
  assertEquals(new Set(nodes.map(({ id }) => id)).size, nodes.length);
  const targets = Object.values(connections).flatMap(({ main }) => main.flat());
  for (const name of [...Object.keys(connections), ...targets.map(({ node }) => node)]) {
    assert(names.includes(name), name);
  }
  for (const name of names.slice(1)) assert(targets.some(({ node }) => node === name), name);
  assert(!/wacrm_(live|test)_\w/.test(text));
});
