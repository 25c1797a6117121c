/** The fields that describe people and their account, in the words of forms; the CLI has the same limits. */
import { z } from "zod";
import { MIN_PASSWORD_LENGTH } from "@/lib/password.ts";

const MAX_NAME_LENGTH = 80;
const MAX_EMAIL_LENGTH = 254;
const MAX_PASSWORD_LENGTH = 200;

/** The name of an account. */
export const accountName = z.string({ error: "Enter a name" })
  .trim()
  .min(1, { error: "Enter a name" })
  .max(MAX_NAME_LENGTH, { error: `Use at most ${MAX_NAME_LENGTH} characters` });

/** An e-mail address, lower-cased. */
export const email = z.string({ error: "Enter an e-mail address" })
  .trim()
  .toLowerCase()
  .max(MAX_EMAIL_LENGTH, { error: `Use at most ${MAX_EMAIL_LENGTH} characters` })
  .pipe(z.email({ error: "Enter an e-mail address, such as ann@example.com" }));

/** A password that somebody chooses. */
export const newPassword = z.string({ error: "Choose a password" })
  .min(MIN_PASSWORD_LENGTH, { error: `Use at least ${MIN_PASSWORD_LENGTH} characters` })
  .max(MAX_PASSWORD_LENGTH, { error: `Use at most ${MAX_PASSWORD_LENGTH} characters` });

/** A password that somebody has; whether it is right is not for the form to say. */
export const givenPassword = z.string({ error: "Enter your password" })
  .min(1, { error: "Enter your password" })
  .max(1_000, { error: "This is longer than any password can be" });
