/** The webhooks that the sandbox of test mode is going to send. */
import type { Sql } from "@/db/connect.ts";

/** A webhook that is due. */
export interface SandboxWebhook {
  account_id: string;
  id: string;
  body: string;
}

/** Stores webhooks to be sent after a while. */
export async function insertSandboxWebhooks(
  sql: Sql,
  webhooks: { accountId: string; id: string; body: string; afterMs: number }[],
): Promise<void> {
  if (webhooks.length === 0) return;
  const now = Date.now();
  await sql`
    insert into sandbox_webhooks ${
    sql(webhooks.map((webhook) => ({
      account_id: webhook.accountId,
      id: webhook.id,
      body: webhook.body,
      due_at: new Date(now + webhook.afterMs),
    })))
  }`;
}

/** Takes due webhooks up; they are due again after `leaseMs` unless they are deleted. */
export async function claimSandboxWebhooks(
  sql: Sql,
  options: { limit: number; leaseMs: number },
): Promise<SandboxWebhook[]> {
  return await sql<SandboxWebhook[]>`
    update sandbox_webhooks
    set due_at = clock_timestamp() + ${options.leaseMs} * interval '1 millisecond'
    where (account_id, id) in (
      select account_id, id
      from sandbox_webhooks
      where due_at <= clock_timestamp()
      order by due_at
      limit ${options.limit}
      for update skip locked
    )
    returning account_id, id, body
  `;
}

/** Deletes a webhook that was sent. */
export async function deleteSandboxWebhook(sql: Sql, webhook: SandboxWebhook): Promise<void> {
  await sql`
    delete from sandbox_webhooks
    where account_id = ${webhook.account_id} and id = ${webhook.id}
  `;
}
