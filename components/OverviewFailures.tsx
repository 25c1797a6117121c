/** On the overview: the messages that failed last, each with its reason and what to do about it. */
import type { VNode } from "preact";
import type { Mode } from "@/lib/keys/key_format.ts";
import type { OverviewStats } from "@/lib/admin/overview_stats.ts";
import { adminUrl } from "./admin_url.ts";
import { Button } from "./Button.tsx";
import { Card } from "./Card.tsx";
import { Time } from "./Time.tsx";

/** A short list, newest first; one line of good news when it is empty. */
export function OverviewFailures(
  { mode, failures }: { mode: Mode; failures: OverviewStats["latestFailures"] },
): VNode {
  const all = adminUrl("/messages", mode, { status: "failed" });
  return (
    <Card
      title="Latest failures"
      padded={false}
      actions={failures.length > 0 && <Button size="sm" href={all}>All failed messages</Button>}
    >
      {failures.length === 0
        ? <p class="px-4 py-8 text-center text-sm text-muted sm:px-5">No message has failed.</p>
        : (
          <ul class="divide-y divide-line">
            {failures.map((failure) => (
              <li
                key={failure.messageId}
                class="relative px-4 py-3 text-sm hover:bg-raised/60 sm:px-5"
              >
                <div class="flex flex-wrap items-baseline justify-between gap-x-4">
                  <a
                    href={adminUrl(`/messages/${failure.messageId}`, mode)}
                    class="min-w-0 font-medium after:absolute after:inset-0"
                  >
                    {failure.title ?? "Failed without a reason"}
                  </a>
                  <span class="text-xs text-muted">
                    <Time at={failure.at} />
                  </span>
                </div>
                <p class="text-xs text-muted tabular-nums">
                  To {failure.to}
                  {failure.code !== null && ` · Meta error ${failure.code}`}
                </p>
                {failure.hint !== null && <p class="mt-1 text-muted">{failure.hint}</p>}
              </li>
            ))}
          </ul>
        )}
    </Card>
  );
}
