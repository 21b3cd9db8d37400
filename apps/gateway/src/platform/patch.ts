/** Patches: a document with some of its values anew. */
import { isRefused, type Refused } from "./refused.ts";

/** Absent leaves a value as it is, null takes away one that need not be there. */
export type Patch<Document> = {
  readonly [Name in keyof Document]?:
    | Document[Name]
    | Refused
    | undefined
    | (undefined extends Document[Name] ? null : never);
};

/** The document with the patch laid over it; or the first value that is refused. */
export function patched<Document extends object>(document: Document, patch: Patch<Document>): Document | Refused {
  const out = new Map<string, unknown>(Object.entries(document));
  for (const [name, value] of Object.entries(patch)) {
    if (isRefused(value)) return value;
    if (value === null) out.delete(name);
    else if (value !== undefined) out.set(name, value);
  }
  return Object.fromEntries(out) as Document;
}

/** What a reader makes of a value, where there is one to read: absent stays absent, and null null. */
export function reread<Wire, Value>(
  value: Wire | null | undefined,
  read: (value: Wire) => Value,
): Value | null | undefined {
  if (value === undefined || value === null) return value as null | undefined;
  return read(value);
}
