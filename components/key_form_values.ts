/** What the fields of a key's form show: nothing chosen yet, a key as it is, or a form that was refused. */
import type { ManagedKeyRow } from "@/db/managed_keys.ts";

/** The fields as texts, as a browser sends them. */
export interface KeyFormValues {
  name: string;
  preset: string;
  scopes: readonly string[];
  rateLimit: string;
  isUnlimited: boolean;
  expiry: string;
  expiryDays: string;
}

/** The form for a new key: the safest choice, and the limits of most keys. */
export function newKeyValues(defaultRateLimit: number): KeyFormValues {
  return {
    name: "",
    preset: "send",
    scopes: [],
    rateLimit: String(defaultRateLimit),
    isUnlimited: false,
    expiry: "never",
    expiryDays: "",
  };
}

/** The form of a key as it is. */
export function valuesOfKey(
  key: Pick<ManagedKeyRow, "name" | "scopes" | "rate_limit">,
  options: { preset: string; defaultRateLimit: number },
): KeyFormValues {
  return {
    ...newKeyValues(options.defaultRateLimit),
    name: key.name,
    preset: options.preset,
    scopes: key.scopes,
    ...(key.rate_limit === 0 ? { isUnlimited: true } : { rateLimit: String(key.rate_limit) }),
  };
}

/** A form as it was sent, to be shown again. */
export function valuesOfForm(values: Readonly<Record<string, string>>): KeyFormValues {
  return {
    name: values.name ?? "",
    preset: values.preset ?? "",
    scopes: (values.scopes ?? "").split(","),
    rateLimit: values.rate_limit ?? "",
    isUnlimited: values.unlimited === "on",
    expiry: values.expiry ?? "",
    expiryDays: values.expiry_days ?? "",
  };
}
