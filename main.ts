/**
 * The server: its middleware in order, then the generated routes. `deno task start` runs this file with exact
 * permissions; tests call `makeHandler` with services of their own.
 */
import { App, staticFiles } from "fresh";
import registerRoutes from "@/fresh.gen.ts";
import { compressedFiles } from "@/lib/http/compressed_files.ts";
import { pagePolicy } from "@/lib/http/page_policy.ts";
import { observe, requestContext } from "@/lib/http/request_context.ts";
import { runServer } from "@/lib/server/run_server.ts";
import type { Services } from "@/lib/services.ts";
import type { State } from "@/lib/state.ts";

/** The application around open services. */
export function makeApp(services: Services): App<State> {
  const app = new App<State>();
  app.use(requestContext(services));
  app.use(compressedFiles());
  app.use(staticFiles());
  app.use(pagePolicy(services.config));
  registerRoutes(app);
  return app;
}

/** Answers requests with the application, and observes all of them. */
export function makeHandler(services: Services): ReturnType<typeof observe> {
  return observe(services, makeApp(services).handler());
}

if (import.meta.main) await runServer(makeHandler);
