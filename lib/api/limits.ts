/** Limits that several endpoints share. */

/** How long the database may take to answer a read. */
export const READ_TIMEOUT_MS = 5_000;
