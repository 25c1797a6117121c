/**
 * The error page once more: here it is rendered inside the middleware that gives pages their content security policy,
 * which the one at the root is not.
 */
export { config, default, handler } from "../_error.tsx";
