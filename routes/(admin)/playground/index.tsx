/**
 * The playground: a message is composed, seen, turned into code and sent, all on one page. A post without a script
 * sends and shows the page again with the answer; sent twice (a reload), its key keeps it one message.
 */
import { signal } from "@preact/signals";
import { page } from "fresh";
import { defineAdmin } from "@/lib/admin/admin_state.ts";
import { defaultDraft, findPlaygroundSetting, sendDraft } from "@/lib/admin/playground.ts";
import { readPlaygroundForm } from "@/lib/admin/playground_form.ts";
import { publicBaseUrl } from "@/lib/http/public_base_url.ts";
import { makeId } from "@/lib/ids.ts";
import type { PlaygroundAnswer } from "@/lib/playground/answer.ts";
import { type PlaygroundDraft, readDraft } from "@/lib/playground/draft.ts";
import { PlaygroundPage } from "@/components/PlaygroundPage.tsx";

interface Data {
  draft: PlaygroundDraft;
  answer: PlaygroundAnswer | null;
}

export const handler = defineAdmin.handlers({
  GET(ctx) {
    const { searchParams } = ctx.url;
    const isEmpty = [...searchParams.keys()].every((name) => name === "mode");
    return page<Data>({
      draft: isEmpty
        ? defaultDraft(ctx.state.admin.mode)
        : readDraft((name) => searchParams.getAll(name)),
      answer: null,
    });
  },
  async POST(ctx) {
    const form = await readPlaygroundForm(ctx);
    return page<Data>({ draft: form.draft, answer: await sendDraft(ctx, form) });
  },
});

export default defineAdmin.page<typeof handler>(async function Playground(ctx) {
  const { data, state: { services, admin } } = ctx;
  return (
    <PlaygroundPage
      draft={signal(data.draft)}
      answer={signal(data.answer)}
      mode={admin.mode}
      sendKey={makeId()}
      baseUrl={publicBaseUrl(ctx)}
      setting={await findPlaygroundSetting(services.db.sql, admin)}
    />
  );
});
