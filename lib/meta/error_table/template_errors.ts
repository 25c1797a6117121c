/**
 * Rows for templates and flows (132xxx). Source: Meta's error codes page for
 * the Cloud API. A paused or disabled template fails for every recipient, but
 * other templates of the same number go on working.
 */
import { type MetaErrorEntry, permanent } from "@/lib/meta/error_table/entry.ts";

/** Codes about a template, its parameters or a flow. */
export const TEMPLATE_ERRORS: Readonly<Record<number, MetaErrorEntry>> = {
  132000: permanent(
    "Template parameter count mismatch",
    "The number of values differs from the number of variables in the template. Give exactly one value for each variable.",
  ),
  132001: permanent(
    "Template does not exist",
    "No approved template has this name in this language. Check the name and the language code, such as en_US.",
  ),
  132005: permanent(
    "Template text too long",
    "The template's text is too long once the values are filled in. Shorten the values.",
  ),
  132007: permanent(
    "Template violates the content policy",
    "The template's content breaks a policy of WhatsApp. Edit the template in WhatsApp Manager and have it approved again.",
  ),
  132008: permanent(
    "Template parameter value invalid",
    "A value for a template variable is not valid. Check each value against the template.",
  ),
  132012: permanent(
    "Template parameter format mismatch",
    "A value has another form than the template expects. Check the header's media kind, the buttons, and named against numbered variables.",
  ),
  132015: permanent(
    "Template is paused",
    "Meta paused the template for low quality. Edit it in WhatsApp Manager, or wait until it is resumed.",
  ),
  132016: permanent(
    "Template is disabled",
    "Meta disabled the template for good after several pauses. Create a new template.",
  ),
  132018: permanent(
    "Template parameters invalid",
    "A template value breaks Meta's rules: no line breaks, tabs or more than four spaces in a row.",
  ),
  132068: permanent(
    "Flow is blocked",
    "The flow is blocked. Repair it in WhatsApp Manager.",
  ),
  132069: permanent(
    "Flow is throttled",
    "The flow is limited to 10 messages an hour because of errors. Repair it and send later.",
  ),
};
