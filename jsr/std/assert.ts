/**
 * Stands in for `@std/assert` where only the npm registry can be reached. The
 * functions take what the published ones take and refuse what those refuse;
 * only the wording of failures is their own.
 */
export { AssertionError } from "./assert/assertion_error.ts";
export { equal } from "./assert/equal.ts";
export * from "./assert/equality.ts";
export * from "./assert/errors.ts";
export * from "./assert/properties.ts";
