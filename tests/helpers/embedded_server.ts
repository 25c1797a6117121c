/**
 * A server on an embedded database that tests can look into: the product's own server, and beside it a control port
 * that runs a test's SQL and makes its accounts. The database belongs to one process, so it has to be this one.
 */
import { seedAccount, seedKey, type SharedCredentials } from "@/tests/helpers/seed.ts";
import { runServer } from "@/lib/server/run_server.ts";
import type { Services } from "@/lib/services.ts";
import { makeHandler } from "@/main.ts";

/** What the control port is asked. */
export type ControlRequest =
  | { kind: "query"; text: string; params: (string | number | boolean | null)[] }
  | { kind: "account"; connected: boolean; credentials: SharedCredentials }
  | { kind: "key"; spec: Parameters<typeof seedKey>[1] };

if (import.meta.main) {
  await runServer((services) => {
    startControl(services);
    return makeHandler(services);
  });
}

function startControl(services: Services): void {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (req) => {
      try {
        return Response.json(await answer(services, await req.json()));
      } catch (error) {
        return new Response(String(error), { status: 500 });
      }
    },
  );
  services.log.info("control", { port: server.addr.port });
}

async function answer({ db, secrets }: Services, request: ControlRequest): Promise<unknown> {
  if (request.kind === "query") return await db.sql.unsafe(request.text, request.params);
  if (request.kind === "key") return await seedKey(db.sql, request.spec);
  const { connected, credentials } = request;
  return await seedAccount(db.sql, { secrets, connected, credentials });
}
