/**
 * Owns the id of the running build, which `asset()` puts into URLs so that
 * browsers may keep a file for ever. static_files.ts makes it known: a digest
 * of all static files, so that the instances of one build agree unasked.
 */

/** The query parameter that carries the id. */
export const ASSET_KEY = "__frsh_c";

/** The build that is running; its id is null while it is not known. */
export const build: { id: string | null } = { id: null };
