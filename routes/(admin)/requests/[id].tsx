/** `GET /requests/{id}`: one API request, with the error that was returned and what to do about it. */
import { HttpError, page } from "fresh";
import { adminUrl } from "@/components/admin_url.ts";
import { Alert } from "@/components/Alert.tsx";
import { Badge } from "@/components/Badge.tsx";
import { Card } from "@/components/Card.tsx";
import { CopyBox } from "@/components/CopyBox.tsx";
import { DescriptionList } from "@/components/DescriptionList.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { formatDuration, keyLabel, toneOfStatus } from "@/components/RequestTable.tsx";
import { Time } from "@/components/Time.tsx";
import { findRequest, type RequestLogRow } from "@/db/request_log.ts";
import { defineAdmin } from "@/lib/admin/admin_state.ts";
import { type ErrorDefinition, ERRORS } from "@/lib/api/errors.ts";
import { isId } from "@/lib/ids.ts";

export const handler = defineAdmin.handlers({
  async GET(ctx) {
    const { services, admin } = ctx.state;
    const { id = "" } = ctx.params;
    const request = isId(id)
      ? await findRequest(services.db.sql, { accountId: admin.account.id, id })
      : null;
    if (request === null) throw new HttpError(404);
    return page({ request });
  },
});

export default defineAdmin.page<typeof handler>(function RequestPage({ data, state }) {
  const { request } = data;
  const { mode } = state.admin;
  return (
    <>
      <PageHeader
        title={`${request.method} ${request.route}`}
        back={{ href: adminUrl("/requests", mode), label: "Requests" }}
        badge={<Badge tone={toneOfStatus(request.status)}>{request.status}</Badge>}
      />
      <div class="space-y-6">
        <RequestFailure request={request} />
        <Card title="Request">
          <DescriptionList
            items={[
              ["Time", <Time key="time" at={request.created_at} format="exact" />],
              ["Took", formatDuration(request.duration_ms)],
              [
                "API key",
                request.api_key_id === null
                  ? keyLabel(request)
                  : (
                    <a class="link" href={adminUrl(`/keys/${request.api_key_id}`, mode)}>
                      {keyLabel(request)}
                      {request.key_prefix !== null && (
                        <span class="ml-2 font-mono text-xs text-muted">{request.key_prefix}…</span>
                      )}
                    </a>
                  ),
              ],
              ["Recipient", request.recipient_masked],
              [
                "Message",
                request.message_id === null
                  ? null
                  : (
                    <a class="link" href={adminUrl(`/messages/${request.message_id}`, mode)}>
                      {request.message_id}
                    </a>
                  ),
              ],
            ]}
          />
        </Card>
        <Card>
          <CopyBox
            label="Request id"
            value={request.request_id}
            hint="Of the answer's X-Request-Id header. The server's log has it too."
          />
        </Card>
      </div>
    </>
  );
});

/** What was returned, and the words of the error's page in the documentation. */
function RequestFailure({ request }: { request: RequestLogRow }) {
  const { error_code: code } = request;
  if (code === null) return null;
  const definition: ErrorDefinition | null = Object.hasOwn(ERRORS, code)
    ? ERRORS[code as keyof typeof ERRORS]
    : null;
  return (
    <Alert
      tone={toneOfStatus(request.status)}
      title={<span class="font-mono">{code}</span>}
      actions={<a class="link" href={`/docs/errors#${code}`}>About this error</a>}
    >
      {request.error_message !== null && <p class="wrap-anywhere">{request.error_message}</p>}
      {definition !== null && <p class="mt-1 text-muted">{definition.fix}</p>}
    </Alert>
  );
}
