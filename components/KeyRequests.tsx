/** The latest requests of one API key, with a way to all of them. */
import type { VNode } from "preact";
import { adminUrl } from "./admin_url.ts";
import { Badge } from "./Badge.tsx";
import { Button } from "./Button.tsx";
import { Card } from "./Card.tsx";
import { RowLink, Table, Td, Tr } from "./Table.tsx";
import { Time } from "./Time.tsx";
import type { KeyRequestRow } from "@/db/key_requests.ts";
import type { Mode } from "@/lib/keys/key_format.ts";

/** A card with a line for each request. */
export function KeyRequests({ keyId, requests, mode }: {
  keyId: string;
  requests: readonly KeyRequestRow[];
  mode: Mode;
}): VNode {
  if (requests.length === 0) {
    return (
      <Card title="Latest requests">
        <p class="text-sm text-muted">No request in the last 30 days.</p>
      </Card>
    );
  }
  return (
    <Card
      title="Latest requests"
      padded={false}
      actions={
        <Button size="sm" href={adminUrl("/requests", mode, { key: keyId })}>All requests</Button>
      }
    >
      <Table caption="Latest requests of this key" columns={["Request", "Answer", "When"]}>
        {requests.map((request) => (
          <Tr key={request.id}>
            <Td>
              <RowLink href={adminUrl(`/requests/${request.id}`, mode)}>
                <span class="font-mono text-xs">{request.method} {request.route}</span>
              </RowLink>
            </Td>
            <Td label="Answer">
              <Badge tone={request.status < 400 ? "good" : request.status < 500 ? "warn" : "bad"}>
                {request.status}
              </Badge>{" "}
              {request.error_code !== null && (
                <span class="font-mono text-xs text-muted">{request.error_code}</span>
              )}
            </Td>
            <Td label="When" nowrap muted>
              <Time at={request.created_at} />
            </Td>
          </Tr>
        ))}
      </Table>
    </Card>
  );
}
