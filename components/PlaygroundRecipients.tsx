/** Test mode's recipients that fail on purpose, each one click away. Links, which the form's script takes over. */
import type { VNode } from "preact";
import { PlaygroundDetails } from "./PlaygroundDetails.tsx";

/** A recipient to try, and what it does. */
export interface SuggestedRecipient {
  phone: string;
  title: string;
  description: string;
}

/** `hrefOf` is the page with another recipient. */
export function PlaygroundRecipients({ recipients, hrefOf, onSelect }: {
  recipients: readonly SuggestedRecipient[];
  hrefOf: (phone: string) => string;
  onSelect: (phone: string) => void;
}): VNode {
  return (
    <PlaygroundDetails label="Recipients that fail on purpose" isOpen={false}>
      <p class="text-sm text-muted">
        Every other number accepts the message. A text that begins with <code>/reply</code>{" "}
        is answered with the rest of it.
      </p>
      <ul class="-mx-1.5 max-h-80 overflow-y-auto">
        {recipients.map(({ phone, title, description }) => (
          <li key={phone}>
            <a
              href={hrefOf(phone)}
              onClick={(event: MouseEvent) => {
                if (event.ctrlKey || event.metaKey || event.shiftKey) return;
                event.preventDefault();
                onSelect(phone);
              }}
              class="block rounded-md px-1.5 py-2 -outline-offset-2 hover:bg-raised"
            >
              <span class="flex flex-wrap items-baseline justify-between gap-x-3">
                <span class="text-sm font-medium">{title}</span>
                <span class="font-mono text-xs text-muted">{phone}</span>
              </span>
              <span class="block text-xs text-muted">{description}</span>
            </a>
          </li>
        ))}
      </ul>
    </PlaygroundDetails>
  );
}
