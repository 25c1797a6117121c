/**
 * The array types that the SQL uses, written down for the driver. Left to itself it asks the server for all array types
 * on every new connection, and when the connection breaks during that question its rejection has no handler: the whole
 * process would end with the database. It also costs a round trip.
 */
import type postgres from "postgres";

type ArrayType = postgres.PostgresType<unknown[]>;

/** Array types by name, for the driver's option `types`. Numbers: catalogue pg_type, "typarray"; they never change. */
export const ARRAY_TYPES: Record<string, ArrayType> = {
  textArray: arrayType(1009, (text) => text),
  uuidArray: arrayType(2951, (text) => text),
  // As with single values of that type: it may not fit a number.
  bigintArray: arrayType(1016, (text) => text),
  integerArray: arrayType(1007, Number),
  doubleArray: arrayType(1022, Number),
};

function arrayType(oid: number, parseElement: (text: string) => unknown): ArrayType {
  return {
    to: oid,
    from: [oid],
    serialize: writeArray,
    parse: (text: string) =>
      readArray(text).map((element) => element === null ? null : parseElement(element)),
  };
}

/** Writes an array of one dimension as Postgres reads it. Source: Postgres manual, "Array Input and Output Syntax". */
export function writeArray(elements: readonly unknown[]): string {
  const written = elements.map((element) =>
    element === null ? "NULL" : `"${String(element).replaceAll(/["\\]/g, "\\$&")}"`
  );
  return `{${written.join(",")}}`;
}

/** Reads an array of one dimension, as Postgres writes it. */
export function readArray(text: string): (string | null)[] {
  const elements = text.slice(1, -1).matchAll(/"((?:[^"\\]|\\.)*)"|([^,]+)/gs);
  return Array.from(elements, ([, quoted, plain]) => {
    if (quoted !== undefined) return quoted.replaceAll(/\\(.)/gs, "$1");
    return plain === undefined || plain === "NULL" ? null : plain;
  });
}
