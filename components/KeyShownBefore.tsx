/** What a form that was sent again is answered: the key exists, and its text is gone. */
import type { VNode } from "preact";
import { adminUrl } from "./admin_url.ts";
import { Alert } from "./Alert.tsx";
import { Button } from "./Button.tsx";
import { PageHeader } from "./PageHeader.tsx";
import type { Mode } from "@/lib/keys/key_format.ts";

/** `id` is the key that the form has made before. */
export function KeyShownBefore({ id, mode }: { id: string; mode: Mode }): VNode {
  return (
    <>
      <PageHeader title="This key was already created" />
      <div class="max-w-3xl space-y-6">
        <Alert tone="info" title="No second key was made">
          The key was shown once, in the answer before this one, and cannot be shown again. If you
          did not save it, rotate it: that gives a new key with the same permissions.
        </Alert>
        <div class="flex flex-wrap gap-2">
          <Button variant="primary" href={adminUrl(`/keys/${id}`, mode)}>Open the key</Button>
          <Button href={adminUrl(`/keys/${id}/rotate`, mode)}>Rotate it</Button>
          <Button href={adminUrl("/keys/new", mode)}>Create another key</Button>
        </div>
      </div>
    </>
  );
}
