/** The version of the API, as it is in every path and in its OpenAPI document. */

/** A change that breaks clients needs another one beside it. */
export const API_VERSION = "v1";
