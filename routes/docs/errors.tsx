/** `GET /docs/errors`: every error code of the API, made from the table. `doc_url` points to an anchor here. */
import { Head } from "fresh/runtime";
import { Badge } from "@/components/Badge.tsx";
import { SiteShell } from "@/components/SiteShell.tsx";
import { ERRORS } from "@/lib/api/errors.ts";
import { define } from "@/lib/state.ts";

export default define.page(function ErrorsPage() {
  return (
    <SiteShell>
      <Head>
        <title>Error codes · Messages API</title>
      </Head>
      <h1 class="text-2xl font-semibold tracking-tight">Error codes</h1>
      <p class="mt-3 text-base text-muted">
        Branch on <Code>error.code</Code>: it never changes. <Code>error.message</Code>{" "}
        says what to do in the case at hand. Where <Code>error.retryable</Code>{" "}
        is true, the same request may be sent again with no risk of a duplicate.
      </p>
      <div class="mt-8 divide-y divide-line border-y border-line">
        {Object.entries(ERRORS).map(([code, { status, retryable, meaning, fix }]) => (
          <section id={code} key={code} class="py-5 target:bg-accent-soft/50">
            <h2 class="flex flex-wrap items-center gap-2">
              <a href={`#${code}`} class="font-mono text-sm font-semibold text-ink hover:underline">
                {code}
              </a>
              <Badge>{status}</Badge>
              {retryable ? <Badge tone="good">Retryable</Badge> : null}
            </h2>
            <p class="mt-2">{meaning}</p>
            <p class="mt-1 text-muted">
              <strong class="font-medium text-ink">What to do:</strong> {fix}
            </p>
          </section>
        ))}
      </div>
    </SiteShell>
  );
});

function Code({ children }: { children: string }) {
  return <code class="font-mono text-[0.9em] text-ink">{children}</code>;
}
