/** The pages on which one secret of an integration is changed: their words, and what they write into the audit log. */
import type { SecretColumn } from "@/db/integration_health.ts";

interface SecretPage {
  column: SecretColumn;
  title: string;
  noun: string;
  hint: string;
  action:
    | "whatsapp.token_changed"
    | "whatsapp.app_secret_changed"
    | "whatsapp.verify_token_changed";
  done: string;
}

/** By the last part of the page's path. */
export const SECRET_PAGES = {
  "access-token": {
    column: "access_token",
    title: "Change the access token",
    noun: "access token",
    hint:
      "Has to open the number that is connected: Meta is asked before it is stored. App secret and verify token " +
      "stay as they are.",
    action: "whatsapp.token_changed",
    done: "The access token is changed",
  },
  "app-secret": {
    column: "app_secret",
    title: "Change the app secret",
    noun: "app secret",
    hint:
      "App settings > Basic. From now on, events that are signed with the old one are refused; Meta tries them " +
      "again for days.",
    action: "whatsapp.app_secret_changed",
    done: "The app secret is changed",
  },
  "verify-token": {
    column: "verify_token",
    title: "Change the verify token",
    noun: "verify token",
    hint:
      "Leave empty to have one made. Meta asks for it only when the webhook is edited in its console: events go " +
      "on coming meanwhile.",
    action: "whatsapp.verify_token_changed",
    done: "The verify token is changed: put it into Meta's console as well",
  },
} as const satisfies Record<string, SecretPage>;

/** The name of such a page. */
export type SecretName = keyof typeof SECRET_PAGES;

/** Whether a part of a path names such a page. */
export function isSecretName(name: string): name is SecretName {
  return Object.hasOwn(SECRET_PAGES, name);
}
