/** The error envelope, for the type of `ApiError.details` and for the OpenAPI document. Its codes are those of errors.ts. */
import { z } from "zod";
import { type ErrorCode, ERRORS } from "@/lib/api/errors.ts";
import { named } from "@/lib/api/response_schemas.ts";

const issueSchema = named(
  "Issue",
  z.object({
    path: z.string().describe(
      "Where, such as `template.params[1]`; a header or parameter by its name; empty for the body as a whole",
    ),
    message: z.string().describe("What it must be"),
  }).describe("One problem of an input."),
);

const metaErrorSchema = named(
  "MetaError",
  z.object({
    code: z.int().nullable().describe("Meta's error code, such as 131047; null if it gave none"),
    subcode: z.int().nullable().describe("Meta's error subcode"),
    type: z.string().nullable().describe("Meta's name for the kind of error"),
    title: z.string().nullable().describe("Meta's title"),
    message: z.string().describe("What Meta says"),
    fbtrace_id: z.string().nullable().describe("To be quoted to Meta's support"),
    hint: z.string().describe("What to do about it"),
  }).describe("What Meta answered."),
);

const detailsSchema = named(
  "ErrorDetails",
  z.object({
    issues: z.array(issueSchema).optional().describe("With `bad_request`: every problem"),
    message_id: z.string().optional().describe(
      "The message that the failed or doubtful send has stored",
    ),
    whatsapp_message_id: z.string().optional().describe(
      "With `outcome_unknown`: WhatsApp's id of the message, if Meta gave one",
    ),
    meta: metaErrorSchema.optional(),
  }).describe(
    "What a program can use beyond the code. Which of it is present depends on the code.",
  ),
);

/** What a program can use of an error beyond its code. */
export type ErrorDetails = z.output<typeof detailsSchema>;

const codes = Object.keys(ERRORS) as ErrorCode[];

/** The answer of a request that was refused or failed. */
export const errorSchema = z.object({
  error: z.object({
    code: z.enum(codes).describe("Branch on this: a code never changes its meaning"),
    message: z.string().describe("What to do next, for a person"),
    request_id: z.string().describe("The request, as in `X-Request-Id` and the server's log"),
    retryable: z.boolean().describe(
      "Whether the same request may be sent again with no risk of a duplicate and some hope",
    ),
    doc_url: z.string().describe("The page that explains the code").meta({
      wire: { type: "string", format: "uri" },
    }),
    details: detailsSchema.optional(),
  }),
}).describe("A request that was refused or failed.");
