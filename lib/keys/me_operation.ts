/** `GET /api/v1/me`: what a key may learn of itself, as the route goes by it and the OpenAPI document describes it. */
import { z } from "zod";
import { defineOperation, item } from "@/lib/api/operation.ts";
import { named, time } from "@/lib/api/response_schemas.ts";
import { SCOPES } from "@/lib/keys/scopes.ts";

const meSchema = named(
  "Me",
  z.object({
    account: z.object({
      id: z.uuid(),
      name: z.string(),
      mode: z.enum(["live", "test"]).describe(
        "`test` reaches a sandbox instead of WhatsApp; it is an account of its own",
      ),
    }),
    key: z.object({
      id: z.uuid(),
      name: z.string(),
      prefix: z.string().describe("The beginning of the key, by which people tell keys apart"),
      scopes: z.array(z.string().meta({ wire: { type: "string", enum: Object.keys(SCOPES) } })),
      expires_at: time.nullable().describe("Null: never"),
      rate_limit: z.int().describe("Requests a minute; 0 is unlimited"),
    }),
  }).describe("The account and the key of a request."),
);

/** `GET /api/v1/me` */
export const getMeOperation = defineOperation({
  id: "getMe",
  method: "GET",
  path: "/api/v1/me",
  tag: "Account",
  summary: "Get the account and key in use",
  description: "Tells which account and key a request is made with: a way to check a key.",
  scope: null,
  content: item(meSchema),
  answers: {
    200: {
      description: "Account and key",
      example: {
        account: {
          id: "01a20499-77aa-7c10-8d5e-3f0b9c1d2e4f",
          name: "Example Ltd",
          mode: "live",
        },
        key: {
          id: "01a2049a-0c4d-7e88-a1b2-c3d4e5f60718",
          name: "backend",
          prefix: "wacrm_live_4fT9",
          scopes: ["messages:send", "messages:read"],
          expires_at: null,
          rate_limit: 120,
        },
      },
    },
  },
});
