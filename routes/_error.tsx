/**
 * What a browser sees when a page fails or refuses a form; the reason of a failure is in the log, under the request id.
 * Under /api, where only what no endpoint answers gets here, it is JSON.
 */
import { HttpError, page, type RouteConfig } from "fresh";
import { AuthCard } from "@/components/AuthCard.tsx";
import { Button } from "@/components/Button.tsx";
import { CopyBox } from "@/components/CopyBox.tsx";
import { answerFailure, isApiRequest, refuseUnknownMethod } from "@/lib/api/unserved.ts";
import { DATABASE_RETRY_SECONDS, isDatabaseAway } from "@/lib/http/database_away.ts";
import { define } from "@/lib/state.ts";

/** No layout: it may be what failed. */
export const config: RouteConfig = { skipInheritedLayouts: true };

export const handler = define.handlers((ctx) => {
  if (isApiRequest(ctx)) {
    return ctx.error instanceof HttpError ? refuseUnknownMethod(ctx) : answerFailure(ctx);
  }
  if (!isDatabaseAway(ctx.error)) return page();
  return page(undefined, {
    status: 503,
    headers: { "retry-after": `${DATABASE_RETRY_SECONDS}` },
  });
});

export default define.page(function ErrorPage({ error, state }) {
  if (error instanceof HttpError) {
    return (
      <AuthCard title="This was not done">
        <p>{error.message || "The server refuses the request."}</p>
        <Button href="/" class="w-full">Go to the start page</Button>
      </AuthCard>
    );
  }
  if (isDatabaseAway(error)) {
    state.services.log.warn("page_without_database", { request_id: state.requestId, error });
    return (
      <AuthCard title="The database is away">
        <p>
          The server runs but cannot reach its database. Nothing was changed. Try again in a moment;
          if it stays so, look at the server's log and at the database.
        </p>
        <Button href="" class="w-full">Try again</Button>
      </AuthCard>
    );
  }
  state.services.log.error("page_failed", { request_id: state.requestId, error });
  return (
    <AuthCard title="Something went wrong">
      <p>The server could not show this page. Its log says why, under this request id:</p>
      <CopyBox value={state.requestId} label="Request id" />
      <Button href="/" class="w-full">Go to the start page</Button>
    </AuthCard>
  );
});
