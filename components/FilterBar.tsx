/**
 * The filters of a list: a form that puts them into the address, behind a button, and beside it a chip for each that is
 * set, which takes it away.
 */
import type { ComponentChildren, VNode } from "preact";
import type { Mode } from "@/lib/keys/key_format.ts";
import { adminUrl } from "./admin_url.ts";
import { Button, buttonClass } from "./Button.tsx";
import { FilterIcon, XIcon } from "./icons.ts";
import { ModeField } from "./ModeField.tsx";

interface Props {
  mode: Mode;
  /** The list's page, such as "/messages". */
  path: string;
  /** What is listed, for screen readers. */
  label: string;
  /** By the filter's name in the address; "" where it is not set. */
  values: Readonly<Record<string, string>>;
  /** The form stands open while something in it is wrong. */
  hasErrors: boolean;
  /** What a chip says. */
  describe: (name: string, value: string) => string;
  /** The form's fields. */
  children: ComponentChildren;
}

/** The bar above a list. */
export function FilterBar(props: Props): VNode {
  const { mode, path, label, values, hasErrors, describe, children } = props;
  const chips = Object.entries(values).filter(([, value]) => value !== "");
  return (
    <div class="mb-4 flex flex-wrap items-start gap-2">
      <details class="open:w-full" open={hasErrors}>
        <summary class={`list-none ${buttonClass("secondary", "sm")}`}>
          <FilterIcon size={14} />
          {chips.length === 0 ? "Filter" : "Change filters"}
        </summary>
        <form
          method="get"
          action={path}
          role="search"
          aria-label={label}
          class="mt-3 rounded-lg border border-line bg-surface p-4 shadow-card"
        >
          {mode === "test" && <ModeField mode={mode} />}
          <div class="grid gap-4 sm:grid-cols-2 lg:grid-cols-4">{children}</div>
          <div class="mt-4 flex gap-2">
            <Button variant="primary">Apply</Button>
            <Button variant="ghost" href={adminUrl(path, mode)}>Clear</Button>
          </div>
        </form>
      </details>
      {chips.map(([name, value]) => (
        <Chip
          key={name}
          href={adminUrl(path, mode, { ...values, [name]: "" })}
          text={describe(name, value)}
        />
      ))}
      {chips.length > 1 && (
        <Button variant="ghost" size="sm" href={adminUrl(path, mode)}>Clear all</Button>
      )}
    </div>
  );
}

function Chip({ href, text }: { href: string; text: string }): VNode {
  return (
    <a
      href={href}
      class="inline-flex min-h-8 max-w-full items-center gap-1.5 rounded-full border border-line bg-raised px-3 text-xs font-medium hover:border-control"
    >
      <span class="truncate">{text}</span>
      <span class="shrink-0 text-muted">
        <XIcon size={12} aria-hidden="true" />
      </span>
      <span class="sr-only">, take this filter away</span>
    </a>
  );
}
