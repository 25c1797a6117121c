/**
 * A table of rows. From 640 px on it is one; below, each row becomes a block of its own and each cell shows its `label`
 * before its value, so that nothing has to be scrolled sideways. Roles are written out because some browsers drop
 * them when the display of a table's parts changes.
 */
import type { ComponentChildren, VNode } from "preact";

/** A column's head; a text alone is a column of text at the left. */
export type Column = string | {
  label: string;
  /** Numbers stand at the right. */
  align?: "left" | "right" | undefined;
  /** For a column of buttons: only read out. */
  isHidden?: boolean | undefined;
};

/** A table; `caption` says what it holds to those who cannot see the heading above it. */
export function Table({ columns, caption, children }: {
  columns: readonly Column[];
  caption: string;
  children: ComponentChildren;
}): VNode {
  return (
    <div class="overflow-x-auto" role="region" aria-label={caption} tabIndex={0}>
      <table role="table" class="w-full text-left text-sm tabular-nums max-sm:block">
        <caption class="sr-only">{caption}</caption>
        <thead role="rowgroup" class="max-sm:sr-only">
          <tr role="row" class="border-b border-line">
            {columns.map((column) => {
              const { label, align, isHidden } = typeof column === "string"
                ? { label: column, align: undefined, isHidden: false }
                : column;
              return (
                <Th key={label} align={align}>
                  {isHidden ? <span class="sr-only">{label}</span> : label}
                </Th>
              );
            })}
          </tr>
        </thead>
        <tbody role="rowgroup" class="divide-y divide-line max-sm:block">{children}</tbody>
      </table>
    </div>
  );
}

/** The head of a column. */
export function Th({ align, children }: {
  align?: "left" | "right" | undefined;
  children: ComponentChildren;
}): VNode {
  return (
    <th
      role="columnheader"
      scope="col"
      class={`px-4 py-2.5 text-xs font-medium whitespace-nowrap text-muted sm:first:pl-5 sm:last:pr-5 ${
        align === "right" ? "text-right" : ""
      }`}
    >
      {children}
    </th>
  );
}

/** A row. With a `RowLink` in one of its cells all of it can be pressed. */
export function Tr({ id, children }: {
  id?: string | undefined;
  children: ComponentChildren;
}): VNode {
  return (
    <tr
      id={id}
      role="row"
      class="relative has-[a.row-link]:hover:bg-raised/60 target:bg-accent-soft/50 max-sm:block max-sm:px-4 max-sm:py-3"
    >
      {children}
    </tr>
  );
}

/** A cell. `label` repeats its column's head on narrow screens; without it the cell stands there alone. */
export function Td({ label, align, nowrap = false, muted = false, children }: {
  label?: string | undefined;
  align?: "left" | "right" | undefined;
  nowrap?: boolean | undefined;
  muted?: boolean | undefined;
  children?: ComponentChildren;
}): VNode {
  const look = [
    align === "right" ? "sm:text-right" : "",
    nowrap ? "whitespace-nowrap" : "",
    muted ? "text-muted" : "",
    label === undefined ? "max-sm:block" : "max-sm:flex max-sm:justify-between max-sm:gap-4",
  ].join(" ");
  return (
    <td
      role="cell"
      class={`px-4 py-3 align-middle max-sm:px-0 max-sm:py-1 sm:first:pl-5 sm:last:pr-5 ${look}`}
    >
      {label !== undefined && (
        <span aria-hidden="true" class="shrink-0 text-xs leading-5 text-muted sm:hidden">
          {label}
        </span>
      )}
      {label === undefined
        ? children
        : <span class="min-w-0 max-sm:text-right sm:contents">{children}</span>}
    </td>
  );
}

/** A link in a cell that makes its whole row pressable; other links of the row stay above it with `relative z-1`. */
export function RowLink({ href, children }: { href: string; children: ComponentChildren }): VNode {
  return (
    <a
      href={href}
      class="row-link font-medium after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
    >
      {children}
    </a>
  );
}
