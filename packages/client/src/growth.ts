/** How a thing that comes in pieces grows: texts and lists go on, what is no text is replaced. */

export type Node = { [name: string]: unknown };

export const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Adds a piece to what is there, in place. A null takes the place of nothing but an absence.
 * @param once names of texts that come whole, and are not put one behind the other.
 */
export function grow(whole: Node, piece: Node, once: readonly string[] = []): void {
  for (const [name, value] of entries(piece)) whole[name] = grown(ownAt(whole, name), value, once, name);
}

/** Puts a piece over what is there, in place: what it says of a thing takes the place of what was said before. */
export function overlay(whole: Node, piece: Node): void {
  for (const [name, value] of entries(piece)) {
    const before = ownAt(whole, name);
    if (isNode(before) && isNode(value)) overlay(before, value);
    else whole[name] = value ?? before ?? null;
  }
}

function grown(before: unknown, value: unknown, once: readonly string[], name: string): unknown {
  if (value === null || value === undefined) return before ?? null;
  if (typeof value === "string") {
    if (once.includes(name)) return value === "" ? (before ?? "") : value;
    return typeof before === "string" ? before + value : value;
  }
  if (Array.isArray(value)) return Array.isArray(before) ? [...(before as unknown[]), ...(value as unknown[])] : value;
  if (!isNode(value)) return value;
  const next = isNode(before) ? before : {};
  grow(next, value, once);
  return next;
}

/** To assign to `__proto__` would change what an object is, not what it has. */
const entries = (piece: Node): [string, unknown][] => Object.entries(piece).filter(([name]) => name !== "__proto__");

const ownAt = (node: Node, name: string): unknown => (Object.hasOwn(node, name) ? node[name] : undefined);
