/** "This key can … / This key cannot …", on the pages of a key and live while its permissions are being chosen. */
import type { VNode } from "preact";
import { CheckIcon, XIcon } from "./icons.ts";

/** Two lists of ends of sentences. With `live` a screen reader hears what changed. */
export function KeyAbilities({ can, cannot, live = false }: {
  can: readonly string[];
  cannot: readonly string[];
  live?: boolean | undefined;
}): VNode {
  return (
    <div
      class="grid gap-x-8 gap-y-4 sm:grid-cols-2"
      aria-live={live ? "polite" : undefined}
      aria-atomic={live ? "false" : undefined}
    >
      <div>
        <p class="text-sm font-medium">This key can</p>
        <ul class="mt-1.5 space-y-1">
          {can.map((ability) => (
            <li key={ability} class="flex items-start gap-2 text-sm">
              <span class="mt-0.5 shrink-0 text-good">
                <CheckIcon />
              </span>
              {ability}
            </li>
          ))}
        </ul>
      </div>
      <div>
        <p class="text-sm font-medium">This key cannot</p>
        <ul class="mt-1.5 space-y-1">
          {cannot.map((ability) => (
            <li key={ability} class="flex items-start gap-2 text-sm text-muted">
              <span class="mt-0.5 shrink-0">
                <XIcon />
              </span>
              {ability}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
