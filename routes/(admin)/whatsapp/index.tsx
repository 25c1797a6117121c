/** WhatsApp: the set-up until a number is proved, its health afterwards, the sandbox in test mode. */
import { page } from "fresh";
import { Alert } from "@/components/Alert.tsx";
import { Badge } from "@/components/Badge.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { WhatsappConnected } from "@/components/WhatsappConnected.tsx";
import { WhatsappSandbox } from "@/components/WhatsappSandbox.tsx";
import { WhatsappSetUp } from "@/components/WhatsappSetUp.tsx";
import { defineAdmin } from "@/lib/admin/admin_state.ts";
import { makeId } from "@/lib/ids.ts";
import { loadWhatsappPage } from "@/lib/whatsapp/page_state.ts";
import { storedCredentials } from "@/lib/whatsapp/set_up.ts";

export const handler = defineAdmin.handlers({
  GET: async (ctx) => {
    const { services, admin } = ctx.state;
    return page({
      ...await loadWhatsappPage(services, admin.account.id),
      stored: await storedCredentials(services, admin.account.id),
      idempotencyKey: makeId(),
    });
  },
});

export default defineAdmin.page<typeof handler>(function WhatsappPage({ data, state }) {
  const { mode } = state.admin;
  const { health, connected, stored, idempotencyKey } = data;
  return (
    <>
      <PageHeader
        title="WhatsApp"
        description={mode === "test"
          ? "The sandbox that stands in for WhatsApp in test mode."
          : "The number that this account sends from, and whether everything works."}
        badge={<Badge tone={health.badge.tone}>{health.badge.label}</Badge>}
      />
      {mode === "test"
        ? (
          <>
            {health.problem !== null && (
              <div class="mb-6">
                <Alert tone={health.problem.tone} title={health.problem.title}>
                  {health.problem.text}
                </Alert>
              </div>
            )}
            <WhatsappSandbox number={health.number} />
          </>
        )
        : connected === null
        ? <WhatsappSetUp stored={stored} errors={{}} mode={mode} />
        : (
          <WhatsappConnected
            page={connected}
            form={{ idempotencyKey, values: {}, errors: {} }}
            mode={mode}
          />
        )}
    </>
  );
});
