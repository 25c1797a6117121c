/** An erasure as the API answers it. */
import { z } from "zod";
import type { Erasure } from "@/lib/contacts/erase_contact.ts";

/** The data of `DELETE /api/v1/contacts/{id}`. */
export const erasureSchema = z.object({
  id: z.uuid().meta({ description: "The contact; another than in the path if that was merged" }),
  erased: z.literal(true),
  erased_at: z.iso.datetime().meta({ description: "When the erasure began" }),
  complete: z.boolean().meta({
    description: "False while texts or log entries are still being removed in the background",
  }),
});

/** The wire form of an erasure. */
export function erasureToJson(erasure: Erasure): z.output<typeof erasureSchema> {
  return {
    id: erasure.id,
    erased: true,
    erased_at: erasure.erasedAt.toISOString(),
    complete: erasure.complete,
  };
}
