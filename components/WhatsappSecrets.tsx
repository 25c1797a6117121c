/** The three secrets of an integration: their end and their age, and a way to change each on its own. */
import type { VNode } from "preact";
import { adminUrl } from "@/components/admin_url.ts";
import { Button } from "@/components/Button.tsx";
import { Time } from "@/components/Time.tsx";
import type { SecretColumn } from "@/db/integration_health.ts";
import type { Mode } from "@/lib/keys/key_format.ts";
import type { SecretGlimpse } from "@/lib/whatsapp/page_state.ts";

const SECRETS: readonly { column: SecretColumn; path: string; title: string }[] = [
  { column: "access_token", path: "access-token", title: "Access token" },
  { column: "app_secret", path: "app-secret", title: "App secret" },
  { column: "verify_token", path: "verify-token", title: "Verify token" },
];

/** A row for each secret. */
export function WhatsappSecrets({ secrets, tokenExpiresAt, mode }: {
  secrets: Readonly<Record<SecretColumn, SecretGlimpse>>;
  tokenExpiresAt: Date | null;
  mode: Mode;
}): VNode {
  return (
    <ul class="divide-y divide-line text-sm">
      {SECRETS.map(({ column, path, title }) => {
        const { lastFour, setAt } = secrets[column];
        return (
          <li
            key={column}
            class="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-3 first:pt-0 last:pb-0"
          >
            <div class="min-w-0">
              <p class="font-medium">{title}</p>
              <p class="text-muted">
                <code>{`••••${lastFour ?? "••••"}`}</code>
                {setAt !== null && (
                  <>
                    {" · set "}
                    <Time at={setAt} />
                  </>
                )}
                {column === "access_token" && tokenExpiresAt !== null && (
                  <>
                    {" · works until "}
                    <Time at={tokenExpiresAt} format="datetime" />
                  </>
                )}
              </p>
            </div>
            <Button
              size="sm"
              href={adminUrl(`/whatsapp/secrets/${path}`, mode)}
              label={`Change the ${title.toLowerCase()}`}
            >
              Change
            </Button>
          </li>
        );
      })}
    </ul>
  );
}
