/**
 * `/keys/{id}/rotate`: replaces a key. As with a new key, the answer to the form is the only page that shows its text;
 * sent again, it says that the key was replaced already.
 */
import { HttpError, page } from "fresh";
import { adminUrl } from "@/components/admin_url.ts";
import { Button } from "@/components/Button.tsx";
import { Card } from "@/components/Card.tsx";
import { FieldSet } from "@/components/FieldSet.tsx";
import { FormErrors } from "@/components/FormErrors.tsx";
import { KeyRevealed } from "@/components/KeyRevealed.tsx";
import { KeyShownBefore } from "@/components/KeyShownBefore.tsx";
import { ModeField } from "@/components/ModeField.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { RadioCard } from "@/components/RadioCard.tsx";
import { Time } from "@/components/Time.tsx";
import type { ManagedKeyRow } from "@/db/managed_keys.ts";
import { defineAdmin } from "@/lib/admin/admin_state.ts";
import { audit } from "@/lib/admin/audit.ts";
import { redirectWithFlash } from "@/lib/admin/flash.ts";
import { readForm } from "@/lib/admin/forms.ts";
import { requireKey } from "@/lib/admin/require_key.ts";
import { publicBaseUrl } from "@/lib/http/public_base_url.ts";
import { firstRequestSamples } from "@/lib/keys/first_request_samples.ts";
import { rotateKeyForm } from "@/lib/keys/key_form.ts";
import { isUsable, keyState } from "@/lib/keys/key_state.ts";
import { type Overlap, rotateKey } from "@/lib/keys/rotate_key.ts";

interface Data {
  key: ManagedKeyRow;
  errors: Record<string, string>;
}

const NOT_STORED = { headers: { "cache-control": "no-store" } };
const ENDED = { kind: "error", text: "This key has ended: create a new one instead." } as const;
const REPLACED = {
  kind: "error",
  text: "This key was replaced already: rotate the key that replaced it.",
} as const;

const OVERLAPS: { value: Overlap; title: string; description: string; note: string }[] = [
  {
    value: "24h",
    title: "For 24 hours",
    description: "Time to change every program over, one by one.",
    note: "The old key goes on working for 24 hours.",
  },
  {
    value: "7d",
    title: "For 7 days",
    description: "For keys that many people or programs hold.",
    note: "The old key goes on working for 7 days.",
  },
  {
    value: "1h",
    title: "For an hour",
    description: "For a single program that you change right now.",
    note: "The old key goes on working for an hour.",
  },
  {
    value: "now",
    title: "Not at all",
    description: "For a key that has leaked: it is refused from the next request.",
    note: "The old key is revoked.",
  },
];

export const handler = defineAdmin.handlers({
  GET: async (ctx) => {
    const key = await requireKey(ctx);
    if (key.rotated_to !== null) return redirectWithFlash(ctx, `/keys/${key.id}`, REPLACED);
    if (!isUsable(keyState(key, new Date()))) {
      return redirectWithFlash(ctx, `/keys/${key.id}`, ENDED);
    }
    return page<Data>({ key, errors: {} });
  },
  POST: async (ctx) => {
    const key = await requireKey(ctx);
    const form = await readForm(ctx, rotateKeyForm);
    if (!form.ok) return page<Data>({ key, errors: form.errors }, { status: 422 });
    const { services, admin: { account, mode, user } } = ctx.state;
    const { overlap } = form.data;
    const rotation = await rotateKey(services.db.sql, {
      accountId: account.id,
      id: key.id,
      overlap,
      rotatedBy: user,
    });
    if (rotation.outcome === "not_found") throw new HttpError(404);
    if (rotation.outcome === "ended") return redirectWithFlash(ctx, `/keys/${key.id}`, ENDED);
    if (rotation.outcome === "already_rotated") {
      return await ctx.render(<KeyShownBefore id={rotation.id} mode={mode} />, NOT_STORED);
    }
    const { name, key: { id, key: text, scopes } } = rotation;
    await audit(ctx, {
      action: "api_key.rotated",
      targetType: "api_key",
      targetId: key.id,
      details: { name, overlap, successor: id },
    });
    const canSend = scopes.includes("messages:send");
    const samples = firstRequestSamples({ baseUrl: publicBaseUrl(ctx), apiKey: text, scopes });
    const note = OVERLAPS.find(({ value }) => value === overlap)?.note;
    return await ctx.render(
      <KeyRevealed {...{ id, name, text, mode, samples, canSend, note }} />,
      NOT_STORED,
    );
  },
});

export default defineAdmin.page<typeof handler>(function RotateKeyPage({ data, state }) {
  const { key, errors } = data;
  const { mode } = state.admin;
  const back = adminUrl(`/keys/${key.id}`, mode);
  return (
    <>
      <PageHeader
        title={`Rotate “${key.name}”`}
        description={
          <>
            A new key with the same name, permissions and rate limit works at once. The old one was
            {" "}
            {key.last_used_at === null ? "never used." : (
              <>
                last used <Time at={key.last_used_at} />.
              </>
            )}
            {key.expires_at !== null && " The new one is valid for as long as the old one was."}
          </>
        }
        back={{ href: back, label: key.name }}
      />
      <form
        method="post"
        action={adminUrl(`/keys/${key.id}/rotate`, mode)}
        class="max-w-3xl space-y-6"
      >
        <ModeField mode={mode} />
        <FormErrors errors={errors} />
        <Card
          footer={
            <>
              <Button type="submit" variant="primary">Create the new key</Button>
              <Button href={back} variant="ghost">Cancel</Button>
            </>
          }
        >
          <FieldSet
            name="overlap"
            legend="How long does the old key go on working?"
            hint="You can revoke it earlier at any time."
            columns={2}
            error={errors.overlap}
          >
            {OVERLAPS.map(({ value, title, description }) => (
              <RadioCard
                key={value}
                name="overlap"
                value={value}
                title={title}
                description={description}
                checked={value === "24h"}
              />
            ))}
          </FieldSet>
        </Card>
      </form>
    </>
  );
});
