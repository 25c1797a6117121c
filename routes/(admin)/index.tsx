/**
 * `GET /`: how things stand. Until a first message was sent it is the way there; then figures from hourly counters, the
 * connection to WhatsApp and what failed last. `?range=` chooses the time.
 */
import { page } from "fresh";
import { adminUrl } from "@/components/admin_url.ts";
import { OverviewChart } from "@/components/OverviewChart.tsx";
import { OverviewChecklist } from "@/components/OverviewChecklist.tsx";
import { OverviewFailures } from "@/components/OverviewFailures.tsx";
import { OverviewFigures } from "@/components/OverviewFigures.tsx";
import { OverviewHealth } from "@/components/OverviewHealth.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { Tabs } from "@/components/Tabs.tsx";
import { defineAdmin } from "@/lib/admin/admin_state.ts";
import {
  type OverviewRange,
  overviewStats,
  readOverviewRange,
} from "@/lib/admin/overview_stats.ts";
import { codeSamples } from "@/lib/code_samples.ts";
import { publicBaseUrl } from "@/lib/http/public_base_url.ts";

const RANGE_LABELS: Record<OverviewRange, string> = {
  "24h": "24 hours",
  "7d": "7 days",
  "30d": "30 days",
};

export const handler = defineAdmin.handlers({
  async GET(ctx) {
    const { admin, services } = ctx.state;
    const range = readOverviewRange(ctx.url.searchParams);
    const stats = await overviewStats(services.db.sql, {
      accountId: admin.account.id,
      range,
      now: new Date(),
    });
    const body = { to: "+14155550123", text: "Hello" };
    const samples = codeSamples({ baseUrl: publicBaseUrl(ctx), apiKey: null, body });
    return page({ range, stats, sample: samples.find(({ id }) => id === "curl")?.code ?? "" });
  },
});

export default defineAdmin.page<typeof handler>(function OverviewPage({ data, state }) {
  const { range, stats, sample } = data;
  const { mode } = state.admin;
  const { integration, hasKey, firstMessageSent, totals } = stats;
  const isNew = !firstMessageSent && totals.messages === 0;
  const tabs = Object.entries(RANGE_LABELS).map(([name, label]) => ({
    href: adminUrl("/", mode, { range: name === "24h" ? null : name }),
    label,
    isCurrent: name === range,
  }));
  return (
    <>
      <PageHeader
        title="Overview"
        description={isNew ? "Figures appear here after your first message." : undefined}
        actions={isNew ? undefined : <Tabs label="Time" look="segments" tabs={tabs} />}
      />
      <div class="space-y-6">
        {!firstMessageSent && (
          <OverviewChecklist
            mode={mode}
            progress={{ isConnected: mode === "test" || integration.number !== null, hasKey }}
            sample={sample}
          />
        )}
        {!isNew && (
          <>
            <OverviewFigures stats={stats} />
            <OverviewChart range={range} series={stats.series} totals={totals} />
            <div class="grid items-start gap-6 lg:grid-cols-2">
              <OverviewHealth mode={mode} health={integration} />
              <OverviewFailures mode={mode} failures={stats.latestFailures} />
            </div>
          </>
        )}
      </div>
    </>
  );
});
