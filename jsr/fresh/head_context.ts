/**
 * Owns the mark by which render_pass.ts knows that a tag stands inside `Head`.
 * It has its own file because `fresh/runtime` must not export it.
 */
import { type Context, createContext } from "preact";

/** True for everything inside a `<Head>`. */
export const HeadContext: Context<boolean> = createContext(false);
