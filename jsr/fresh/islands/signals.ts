/**
 * Owns reviving signals. A script of its own, loaded only by pages that pass a
 * signal to an island, so that others do without the library.
 */
export { signal as signals } from "@preact/signals";
