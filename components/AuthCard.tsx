/** The plain page of someone who is not signed in: sign-in, set-up, invitation, an error. */
import type { ComponentChildren, VNode } from "preact";
import { Head } from "fresh/runtime";
import { Wordmark } from "./Wordmark.tsx";

/** A narrow card in the middle of the page, under the wordmark. */
export function AuthCard({ title, description, footer, children }: {
  title: string;
  description?: ComponentChildren;
  /** A line below the card. */
  footer?: ComponentChildren;
  children?: ComponentChildren;
}): VNode {
  return (
    <main class="flex min-h-dvh flex-col items-center px-4 pt-[12vh] pb-12">
      <Head>
        <title>{`${title} · Messages API`}</title>
      </Head>
      <div class="mb-6">
        <Wordmark />
      </div>
      <div class="w-full max-w-sm rounded-lg border border-line bg-surface p-6 shadow-card sm:p-8">
        <h1 class="text-xl font-semibold tracking-tight">{title}</h1>
        {description && <div class="mt-1 text-sm text-muted">{description}</div>}
        {children && <div class="mt-6 space-y-4">{children}</div>}
      </div>
      {footer && <div class="mt-6 max-w-sm text-center text-sm text-muted">{footer}</div>}
    </main>
  );
}
