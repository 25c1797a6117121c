/**
 * `GET /docs/errors`: every error code of the API and every code of Meta that one may carry, made from their tables.
 * `doc_url` points to an anchor here.
 */
import { Head } from "fresh/runtime";
import { Card } from "@/components/Card.tsx";
import { ErrorCodeSection } from "@/components/ErrorCodeSection.tsx";
import { MetaErrorTable } from "@/components/MetaErrorTable.tsx";
import { SiteShell } from "@/components/SiteShell.tsx";
import { type ErrorCode, ERRORS } from "@/lib/api/errors.ts";
import { errorExample } from "@/lib/docs/error_example.ts";
import { META_ERROR_GROUPS } from "@/lib/meta/error_table.ts";
import { define } from "@/lib/state.ts";

const CODES = Object.keys(ERRORS) as ErrorCode[];

export default define.page(function ErrorsPage({ state }) {
  const { appUrl } = state.services.config;
  return (
    <SiteShell path="/docs/errors">
      <Head>
        <title>Error codes · Messages API</title>
      </Head>
      <h1 class="text-2xl font-semibold tracking-tight">Error codes</h1>
      <div class="mt-3 max-w-2xl space-y-2 text-base text-muted">
        <p>
          Branch on <Code>error.code</Code>: it never changes. <Code>error.message</Code>{" "}
          says what to do in the case at hand. Where <Code>error.retryable</Code>{" "}
          is true, the same request may be sent again with no risk of a duplicate.{" "}
          <Code>error.request_id</Code> finds the request in the admin UI and in the server's log.
        </p>
        <p>
          A number of six digits is one of{" "}
          <a class="link" href="#meta">Meta's codes</a>, which come with some of them.
        </p>
      </div>

      <nav aria-label="Error codes" class="mt-8">
        <ul class="gap-x-8 sm:columns-2 lg:columns-3">
          {CODES.map((code) => (
            <li key={code} class="flex gap-3 py-0.5">
              <span class="text-muted tabular-nums">{ERRORS[code].status}</span>
              <a href={`#${code}`} class="link font-mono text-[0.8125rem]">{code}</a>
            </li>
          ))}
        </ul>
      </nav>

      <h2 class="mt-12 border-b border-line pb-3 text-xl font-semibold tracking-tight">
        Codes of this API
      </h2>
      <div class="divide-y divide-line">
        {CODES.map((code) => (
          <ErrorCodeSection
            key={code}
            code={code}
            error={ERRORS[code]}
            example={errorExample(code, { appUrl })}
          >
            {code === "meta_error" && (
              <p class="mt-2 text-muted">
                <a class="link" href="#meta">All of Meta's codes</a> and how to fix each.
              </p>
            )}
          </ErrorCodeSection>
        ))}
      </div>

      <h2
        id="meta"
        class="mt-12 border-b border-line pb-3 text-xl font-semibold tracking-tight"
      >
        Meta's codes
      </h2>
      <p class="mt-3 max-w-2xl text-muted">
        WhatsApp's own reason, in <Code>error.details.meta.code</Code>{" "}
        of an answer, and in the error of a message that failed later. The last column names the
        code of the answer to a send that Meta refuses this way.
      </p>
      <div class="mt-6 space-y-6">
        {META_ERROR_GROUPS.map((group) => (
          <section key={group.title}>
            <h3 class="mb-2 text-base font-semibold">{group.title}</h3>
            <Card padded={false}>
              <MetaErrorTable {...group} />
            </Card>
          </section>
        ))}
      </div>
    </SiteShell>
  );
});

function Code({ children }: { children: string }) {
  return <code class="font-mono text-[0.9em] text-ink">{children}</code>;
}
