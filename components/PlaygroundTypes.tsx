/**
 * The choice of a message's type. Links, so that it works without a script, which takes them over: it keeps what was
 * typed, the link only what the page was made with.
 */
import type { VNode } from "preact";
import {
  FileIcon,
  type Icon,
  ImageIcon,
  ListIcon,
  MessageIcon,
  MusicIcon,
  VideoIcon,
} from "./icons.ts";
import type { MessageType } from "@/lib/messages/message_request.ts";
import { TYPE_LABELS } from "@/lib/playground/draft.ts";

/** A picture of each type, here and in the preview. */
export const TYPE_ICONS: Readonly<Record<MessageType, Icon>> = {
  text: MessageIcon,
  template: ListIcon,
  image: ImageIcon,
  video: VideoIcon,
  document: FileIcon,
  audio: MusicIcon,
};

const TYPES = Object.keys(TYPE_LABELS) as MessageType[];

/** `hrefOf` is the page with another type. */
export function PlaygroundTypes({ current, hrefOf, onSelect }: {
  current: MessageType;
  hrefOf: (type: MessageType) => string;
  onSelect: (type: MessageType) => void;
}): VNode {
  return (
    <nav aria-label="Type of message">
      <ul class="grid grid-cols-3 gap-2 sm:grid-cols-6">
        {TYPES.map((type) => {
          const TypeIcon = TYPE_ICONS[type];
          return (
            <li key={type}>
              <a
                href={hrefOf(type)}
                aria-current={type === current ? "true" : undefined}
                onClick={(event: MouseEvent) => {
                  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
                  event.preventDefault();
                  onSelect(type);
                }}
                class="flex flex-col items-center gap-1 rounded-md border border-line px-1 py-2 text-xs font-medium text-muted hover:border-control hover:text-ink aria-[current=true]:border-accent aria-[current=true]:bg-accent-soft aria-[current=true]:text-ink"
              >
                <TypeIcon />
                {TYPE_LABELS[type]}
              </a>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
