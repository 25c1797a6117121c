/** What a key and the one that replaces it have to do with each other, as long as both work. */
import type { VNode } from "preact";
import { adminUrl } from "./admin_url.ts";
import { Alert } from "./Alert.tsx";
import { Time } from "./Time.tsx";
import KeyCountdown from "@/islands/KeyCountdown.tsx";
import type { ManagedKeyRow } from "@/db/managed_keys.ts";
import type { Mode } from "@/lib/keys/key_format.ts";

/** On the page of the old key: how long it still works, and whether something still uses it. */
export function KeyBeingReplaced({ old, mode, now }: {
  old: ManagedKeyRow;
  mode: Mode;
  now: Date;
}): VNode {
  const { rotated_to: successorId, rotated_at: rotatedAt, last_used_at: usedAt } = old;
  const isStillUsed = usedAt !== null && rotatedAt !== null && usedAt > rotatedAt;
  return (
    <Alert
      tone={isStillUsed ? "warn" : "info"}
      title={
        <>
          This key was replaced. <TimeLeft endsAt={old.expires_at} now={now} />
        </>
      }
    >
      <p>
        {isStillUsed
          ? (
            <>
              Something still uses it: the last request came{" "}
              <Time at={usedAt} />. Change it over to the new key.
            </>
          )
          : "It was not used since it was replaced: you can revoke it."}{" "}
        {successorId !== null && (
          <a class="link" href={adminUrl(`/keys/${successorId}`, mode)}>Open the new key</a>
        )}
      </p>
    </Alert>
  );
}

/** On the page of the new key: whether the old one can be let go. */
export function KeyReplaces({ old, mode, now }: {
  old: ManagedKeyRow;
  mode: Mode;
  now: Date;
}): VNode {
  const { rotated_at: rotatedAt, last_used_at: usedAt } = old;
  const isStillUsed = usedAt !== null && rotatedAt !== null && usedAt > rotatedAt;
  return (
    <Alert
      tone={isStillUsed ? "warn" : "info"}
      title={
        <>
          The key it replaces (<span class="font-mono">{old.prefix}…</span>) still works
        </>
      }
    >
      <p>
        <TimeLeft endsAt={old.expires_at} now={now} />. {isStillUsed
          ? (
            <>
              It is still used, last <Time at={usedAt} />.
            </>
          )
          : "It was not used since."}{" "}
        <a class="link" href={adminUrl(`/keys/${old.id}`, mode)}>Open the old key</a>
      </p>
    </Alert>
  );
}

function TimeLeft({ endsAt, now }: { endsAt: Date | null; now: Date }): VNode {
  if (endsAt === null) return <>It works without an end</>;
  return (
    <>
      Time left: <KeyCountdown until={endsAt.toISOString()} now={now.toISOString()} />
    </>
  );
}
