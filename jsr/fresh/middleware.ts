/**
 * Owns middlewares: their type, and joining a list of them into one function.
 * The list is joined once, when the app's handler is made; a request only
 * walks it. Which middlewares apply to which route is decided in segments.ts.
 */
import type { Context } from "./context.ts";

/** Answers a request, or passes it on with `ctx.next()`. */
export type Middleware<State> = (
  ctx: Context<State>,
) => Response | Promise<Response>;

type Step<State> = (
  ctx: Context<State>,
  tail: () => Promise<Response>,
) => Promise<Response>;

/**
 * Joins middlewares: each gets the next one as `ctx.next()`, and the last gets
 * what `ctx.next` was before. An error is put on `ctx.error` as it passes.
 */
export function composeMiddlewares<State>(
  middlewares: readonly Middleware<State>[],
): (ctx: Context<State>) => Promise<Response> {
  let first: Step<State> = (_ctx, tail) => tail();
  for (const middleware of middlewares.toReversed()) {
    const following = first;
    first = async (ctx, tail) => {
      ctx.next = () => following(ctx, tail);
      try {
        return await middleware(ctx);
      } catch (error) {
        ctx.error = error;
        throw error;
      }
    };
  }
  return (ctx) => first(ctx, ctx.next);
}
