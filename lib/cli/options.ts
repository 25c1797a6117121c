/** Parsers of CLI options, for commander: each returns the value or throws with what it must be. */
import { InvalidArgumentError } from "commander";
import { z } from "zod";
import { CliError } from "@/lib/cli/context.ts";
import { KEY_LIMITS } from "@/lib/keys/create_key.ts";
import { isScope, type Scope, SCOPES } from "@/lib/keys/scopes.ts";
import { MIN_PASSWORD_LENGTH } from "@/lib/password.ts";

/** A name of at most 80 characters. */
export function parseName(value: string): string {
  const name = value.trim();
  if (name !== "" && [...name].length <= KEY_LIMITS.nameLength) return name;
  throw new InvalidArgumentError(`Must have 1 to ${KEY_LIMITS.nameLength} characters.`);
}

/** One more scope of a repeatable option. */
export function collectScope(value: string, before: Scope[]): Scope[] {
  if (isScope(value)) return [...before, value];
  throw new InvalidArgumentError(`Must be one of ${Object.keys(SCOPES).join(", ")}.`);
}

/** Requests a minute. */
export function parseRateLimit(value: string): number {
  return parseWhole(value, { min: 0, max: KEY_LIMITS.rateLimit });
}

/** Days until a key expires. */
export function parseDays(value: string): number {
  return parseWhole(value, { min: 1, max: KEY_LIMITS.expiresInDays });
}

/** An e-mail address, lower-cased. */
export function parseEmail(value: string): string {
  const result = z.email().max(254).safeParse(value.trim().toLowerCase());
  if (result.success) return result.data;
  throw new InvalidArgumentError("Must be an e-mail address.");
}

/** A password for the admin UI. The refusal does not repeat the value, as commander's own would. */
export function parsePassword(value: string): string {
  if ([...value].length >= MIN_PASSWORD_LENGTH && value.length <= 200) return value;
  throw new CliError(`--password must have ${MIN_PASSWORD_LENGTH} to 200 characters`);
}

/** An id of Meta's: digits. */
export function parseMetaId(value: string): string {
  if (/^[0-9]{5,25}$/.test(value)) return value;
  throw new InvalidArgumentError("Must be digits, as shown in WhatsApp Manager.");
}

/**
 * The parser of an option for a secret of Meta's: one word of visible characters, as it would travel in a header. The
 * refusal does not repeat the value, as commander's own would.
 */
export function secretParser(option: string): (value: string) => string {
  return (value) => {
    if (/^[\x21-\x7e]{1,2000}$/.test(value)) return value;
    throw new CliError(`${option} must be one word without spaces: copy it whole`);
  };
}

function parseWhole(value: string, range: { min: number; max: number }): number {
  const number = /^[0-9]{1,9}$/.test(value) ? Number(value) : NaN;
  if (number >= range.min && number <= range.max) return number;
  throw new InvalidArgumentError(`Must be a whole number from ${range.min} to ${range.max}.`);
}
