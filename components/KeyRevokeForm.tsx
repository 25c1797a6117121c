/** What revoking a key will break, and the button that does it: in the dialog, and on a page for browsers without. */
import type { VNode } from "preact";
import { adminUrl } from "./admin_url.ts";
import { Button } from "./Button.tsx";
import { ModeField } from "./ModeField.tsx";
import { Time } from "./Time.tsx";
import type { KeyRequestRow } from "@/db/key_requests.ts";
import type { Mode } from "@/lib/keys/key_format.ts";

/** `lastRequest` says what the key was last used for, where the request log still knows. */
export function KeyRevokeForm({ id, lastUsedAt, lastRequest, mode }: {
  id: string;
  lastUsedAt: Date | null;
  lastRequest: KeyRequestRow | null;
  mode: Mode;
}): VNode {
  return (
    <form method="post" action={adminUrl(`/keys/${id}/revoke`, mode)} class="space-y-4">
      <ModeField mode={mode} />
      <p>
        Whatever uses this key is answered 401 from the next request. A revoked key stays in the
        list of revoked keys and cannot be brought back.
      </p>
      <p class="font-medium">
        {lastUsedAt === null ? "It was never used." : (
          <>
            It was last used <Time at={lastUsedAt} />
            {lastRequest === null ? null : (
              <>
                {" "}
                for <code class="font-mono text-xs">{lastRequest.method} {lastRequest.route}</code>
              </>
            )}.
          </>
        )}
      </p>
      <Button type="submit" variant="danger" class="w-full">Revoke key</Button>
    </form>
  );
}
