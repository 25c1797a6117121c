/** What is not there below /docs, which needs no sign-in. */
import { HttpError } from "fresh";
import { define } from "@/lib/state.ts";

export const handler = define.handlers(() => {
  throw new HttpError(404);
});
