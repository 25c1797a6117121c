/**
 * The forms of keys, from what a browser sends to what lib/keys takes. Every problem of a form is reported at once:
 * checks of two fields together run even when other fields are wrong.
 */
import { z } from "zod";
import { KEY_LIMITS } from "@/lib/keys/create_key.ts";
import { PRESETS, scopesOf } from "@/lib/keys/permissions.ts";
import { OVERLAP_SECONDS } from "@/lib/keys/rotate_key.ts";
import { isScope, type Scope } from "@/lib/keys/scopes.ts";

/** The choices of how long a key is valid. */
export const EXPIRIES = ["never", "30", "90", "365", "custom"] as const;

const PRESET_NAMES = [...Object.keys(PRESETS), "custom"] as [keyof typeof PRESETS, "custom"];

/** What the pages for a new key and for an existing one both ask. */
export interface KeySettings {
  name: string;
  scopes: Scope[];
  /** Requests a minute; 0 is unlimited. */
  rateLimit: number;
}

const name = z.string({ error: "Give the key a name" }).trim()
  // Code points, as the database counts them.
  .refine((value) => [...value].length <= KEY_LIMITS.nameLength, {
    error: `The name must have at most ${KEY_LIMITS.nameLength} characters`,
  })
  .refine((value) => !/\p{Cc}/u.test(value), {
    error: "The name must not contain control characters",
  });

const settings = {
  name: z.preprocess(blankToMissing, name),
  preset: z.enum(PRESET_NAMES, { error: "Choose what the key may do" }),
  scopes: z.preprocess(
    toList,
    z.array(z.string()).refine((list) => list.every(isScope), {
      error: "Choose from the permissions shown",
    }),
  ),
  rate_limit: z.preprocess(blankToMissing, z.string().trim().optional()),
  unlimited: z.literal("on").optional().catch(undefined),
};

/** Runs a check of two fields even when others are wrong, so that all problems show at once. */
const always = { when: () => true };

const rateLimitCheck = {
  ...always,
  path: ["rate_limit"],
  error: `The rate limit must be a whole number from 1 to ${
    KEY_LIMITS.rateLimit.toLocaleString("en")
  }`,
};

/** The form of an existing key. */
export const editKeyForm = z.object(settings)
  .refine(hasRateLimit, rateLimitCheck)
  .transform(toSettings);

/** The form for a new key. */
export const newKeyForm = z.object({
  ...settings,
  form_token: z.uuid({ error: "This form is not complete: try once more" }),
  expiry: z.enum(EXPIRIES, { error: "Choose how long the key is valid" }),
  expiry_days: z.preprocess(blankToMissing, z.string().trim().optional()),
})
  .refine(hasRateLimit, rateLimitCheck)
  .refine(
    ({ expiry, expiry_days }) =>
      expiry !== "custom" || isWhole(expiry_days, KEY_LIMITS.expiresInDays),
    {
      ...always,
      path: ["expiry_days"],
      error: `The days must be a whole number from 1 to ${KEY_LIMITS.expiresInDays}`,
    },
  )
  .transform((form) => ({
    ...toSettings(form),
    formToken: form.form_token,
    expiresInDays: form.expiry === "never"
      ? null
      : Number(form.expiry === "custom" ? form.expiry_days : form.expiry),
  }));

/** The form that replaces a key. */
export const rotateKeyForm = z.object({
  overlap: z.enum(Object.keys(OVERLAP_SECONDS) as (keyof typeof OVERLAP_SECONDS)[], {
    error: "Choose how long the old key goes on working",
  }),
});

function toSettings(
  form: {
    name: string;
    preset: keyof typeof PRESETS | "custom";
    scopes: string[];
    rate_limit?: string | undefined;
    unlimited?: "on" | undefined;
  },
): KeySettings {
  return {
    name: form.name,
    scopes: scopesOf(form.preset, form.scopes.filter(isScope)),
    rateLimit: form.unlimited === "on" ? 0 : Number(form.rate_limit),
  };
}

function hasRateLimit(form: { rate_limit?: unknown; unlimited?: unknown }): boolean {
  return form.unlimited === "on" || isWhole(form.rate_limit, KEY_LIMITS.rateLimit);
}

function isWhole(value: unknown, max: number): boolean {
  if (typeof value !== "string" || !/^\s*[0-9]{1,9}\s*$/.test(value)) return false;
  return Number(value) >= 1 && Number(value) <= max;
}

function blankToMissing(value: unknown): unknown {
  return typeof value === "string" && value.trim() === "" ? undefined : value;
}

/** One ticked box comes as a text, several as a list, none not at all. */
function toList(value: unknown): unknown {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
