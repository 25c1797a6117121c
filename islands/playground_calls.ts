/**
 * What the playground's islands ask of the server: whether a draft would pass, and to send it. Both post the fields of
 * the form, as the form itself would.
 */
import type { Mode } from "@/lib/keys/key_format.ts";
import type { PlaygroundCheck, PlaygroundReply } from "@/lib/playground/answer.ts";
import { draftToFields, type PlaygroundDraft } from "@/lib/playground/draft.ts";
import { adminUrl } from "@/components/admin_url.ts";

/** What the API says about a draft, or null if that cannot be learnt just now. */
export async function checkDraft(
  draft: PlaygroundDraft,
  options: { mode: Mode; signal: AbortSignal },
): Promise<PlaygroundCheck | null> {
  const { mode, signal } = options;
  return await post("/playground/check", { mode, signal, fields: draftToFields(draft) });
}

/**
 * Sends a draft.
 *
 * @returns null if no answer came: sent again with the same key, it does not become a second message
 */
export async function sendDraft(
  draft: PlaygroundDraft,
  options: { mode: Mode; sendKey: string },
): Promise<PlaygroundReply | null> {
  const { mode, sendKey } = options;
  const fields = [...draftToFields(draft), ["send_key", sendKey]];
  return await post("/playground/send", { mode, fields });
}

async function post<Answer>(
  path: string,
  options: { mode: Mode; fields: string[][]; signal?: AbortSignal },
): Promise<Answer | null> {
  const { mode, fields, signal } = options;
  try {
    const response = await fetch(adminUrl(path, mode), {
      method: "POST",
      headers: { accept: "application/json" },
      body: new URLSearchParams([...fields, ["mode", mode]]),
      ...(signal === undefined ? {} : { signal }),
    });
    // Signed out, it would be the sign-in page.
    if (!response.ok || response.redirected) return null;
    return await response.json();
  } catch (error) {
    // Aborted because the draft has changed, or the network is away.
    if (error instanceof DOMException || error instanceof TypeError) return null;
    throw error;
  }
}
