/** What one dialect alone knows, kept beside the words so that the same dialect can write it back. */

/** Dialect name → wire properties that have no word of ours. Other dialects leave them out. */
export type Extra = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/**
 * Joins two bags of one thing told in steps: objects key by key, lists end to end, anything else by what came later,
 * unless that is null.
 */
export function joinExtra(before: Extra | undefined, after: Extra | undefined): Extra | undefined {
  if (before === undefined || after === undefined) return before ?? after;
  return join(before, after) as Extra;
}

function join(before: unknown, after: unknown): unknown {
  if (after === null || after === undefined) return before ?? after;
  if (Array.isArray(before) && Array.isArray(after)) return [...before, ...after];
  return isObject(before) && isObject(after) ? joinObjects(before, after) : after;
}

function joinObjects(before: Properties, after: Properties): Properties {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return Object.fromEntries([...keys].map((key) => [key, joinAt(key, before, after)]));
}

function joinAt(key: string, before: Properties, after: Properties): unknown {
  return join(Object.hasOwn(before, key) ? before[key] : undefined, Object.hasOwn(after, key) ? after[key] : undefined);
}

type Properties = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
