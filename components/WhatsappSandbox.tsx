/** The WhatsApp page of test mode: what the sandbox is, and the numbers by which it can be made to fail. */
import type { VNode } from "preact";
import { Card } from "@/components/Card.tsx";
import { Button } from "@/components/Button.tsx";
import { adminUrl } from "@/components/admin_url.ts";
import { Table, Td, Tr } from "@/components/Table.tsx";
import { MAGIC_RECIPIENTS } from "@/lib/meta/sandbox/magic_recipients.ts";

/** The whole content of the page. */
export function WhatsappSandbox({ number }: { number: string | null }): VNode {
  return (
    <div class="space-y-6">
      <Card
        title="Nothing leaves this server"
        actions={<Button href={adminUrl("/playground", "test")} size="sm">Open playground</Button>}
      >
        <div class="max-w-2xl space-y-3 text-sm">
          <p>
            In test mode a sandbox stands in for WhatsApp. It checks each request as strictly as
            Meta does, then reports the message as sent, delivered and read. It needs no set-up and
            costs nothing; keys of test mode begin with <code>wacrm_test_</code>.
            {number !== null && ` Its number is ${number}.`}
          </p>
          <p>
            <b>Get an answer:</b> send a text that begins with <code>/reply</code>{" "}
            and the rest of it comes back as a message from that person.
          </p>
        </div>
      </Card>
      <Card
        title="Magic recipients"
        description="Send to one of these numbers to see how your code takes a failure. All others succeed."
        padded={false}
      >
        <Table caption="Magic recipients" columns={["Number", "Failure", "What happens"]}>
          {MAGIC_RECIPIENTS.map(({ phone, title, description }) => (
            <Tr key={phone}>
              <Td nowrap>
                <code>{phone}</code>
              </Td>
              <Td>{title}</Td>
              <Td muted>{description}</Td>
            </Tr>
          ))}
        </Table>
      </Card>
    </div>
  );
}
