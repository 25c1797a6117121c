/** What stands in the place of the API reference while its script is not there: what is needed, and where else to read. */
import type { VNode } from "preact";

/** A short text with links, calm in any of the cases. */
export function ReferenceFallback({ documentUrl, hasFailed }: {
  documentUrl: string;
  hasFailed: boolean;
}): VNode {
  return (
    <main class="mx-auto max-w-5xl px-4 py-8 sm:px-6 sm:py-12">
      <h1 class="text-2xl font-semibold tracking-tight">API reference</h1>
      <div class="mt-3 max-w-2xl space-y-3 text-base text-muted">
        {hasFailed
          ? (
            <p role="alert">
              The script that draws this page could not be loaded. Reload the page to try again.
            </p>
          )
          : (
            <noscript>
              <p class="mb-3">
                Every endpoint, with requests to try. This page is drawn by a script: allow
                JavaScript for this site to read it here.
              </p>
            </noscript>
          )}
        <p>
          The whole API as an OpenAPI 3.1 document, for any tool that reads one:{" "}
          <a class="link" href={documentUrl}>{documentUrl}</a>
        </p>
        <p>
          Every error code, with what to do about it:{" "}
          <a class="link" href="/docs/errors">/docs/errors</a>
        </p>
      </div>
    </main>
  );
}
