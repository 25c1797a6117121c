/** The way through a long list, page by page. There is no count: the lists are too long to be counted. */
import type { VNode } from "preact";
import { Button } from "./Button.tsx";
import { ChevronLeftIcon, ChevronRightIcon } from "./icons.ts";

/** Links to the pages around this one; nothing at all when there is one page only. */
export function Pagination({ firstHref, previousHref, nextHref }: {
  /** Back to the newest rows; left out on the first page. */
  firstHref?: string | undefined;
  previousHref?: string | undefined;
  nextHref?: string | undefined;
}): VNode | null {
  if ([firstHref, previousHref, nextHref].every((href) => href === undefined)) return null;
  return (
    <nav aria-label="Pages" class="flex items-center justify-between gap-2 pt-4">
      <div class="flex gap-2">
        {firstHref !== undefined && (
          <Button size="sm" variant="ghost" href={firstHref}>Newest</Button>
        )}
        {previousHref !== undefined && (
          <Button size="sm" href={previousHref} icon={<ChevronLeftIcon size={14} />}>Newer</Button>
        )}
      </div>
      {nextHref !== undefined && (
        <Button size="sm" href={nextHref}>
          Older
          <ChevronRightIcon size={14} />
        </Button>
      )}
    </nav>
  );
}
