/**
 * `GET /events`: server-sent events about the messages of the page's account. A browser that comes again says where it
 * was, by the header Last-Event-ID or, for a new connection of a page, by `?since=`; both are a server's time.
 */
import { defineAdmin } from "@/lib/admin/admin_state.ts";

const HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store, no-transform",
  // Nginx would collect the events before it passes them on.
  "x-accel-buffering": "no",
};

export const handler = defineAdmin.handlers({
  GET(ctx) {
    if (ctx.req.method === "HEAD") return new Response(null, { headers: HEADERS });
    const { admin, services } = ctx.state;
    const stream = services.eventStreams.open({
      accountId: admin.account.id,
      sessionId: admin.sessionId,
      since: parseSince(
        ctx.req.headers.get("last-event-id") ?? ctx.url.searchParams.get("since") ?? "",
      ),
    });
    if (stream === null) {
      return new Response("Too many open pages: close some of them, or try again later\n", {
        status: 429,
        headers: { "retry-after": "30" },
      });
    }
    return new Response(stream, { headers: HEADERS });
  },
});

function parseSince(text: string): Date | null {
  return /^\d{13}$/.test(text) ? new Date(Number(text)) : null;
}
