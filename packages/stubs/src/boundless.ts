/** Numbers beyond the range of a double, which JSON allows (RFC 8259 §6): read they are infinite, and written again null. */

/** How the text of one looks. A text without the like, as nearly all are, is not looked into any further. */
const LARGE = /\d[eE]\+?\d{3}|\d{200}/;

/** Where in the value of this text such a number stands, as `messages[0].content`; undefined where none does. */
export function findBoundless(text: string, value: unknown): string | undefined {
  return LARGE.test(text) ? search(value) : undefined;
}

/** How far something has been looked through. */
interface Frame {
  readonly node: Readonly<Record<string | number, unknown>>;
  /** The names of its properties; absent where it is an array. */
  readonly names: readonly string[] | undefined;
  readonly size: number;
  next: number;
}

/**
 * Without recursion, since a caller may nest deeper than the stack is high, and with no more in memory than the way down
 * to where it looks, since a caller may send millions of values.
 */
function search(value: unknown): string | undefined {
  if (isBoundless(value)) return "";
  const way = isNode(value) ? [frameOf(value)] : [];
  for (let frame = way.at(-1); frame !== undefined; frame = way.at(-1)) {
    if (frame.next === frame.size) {
      way.pop();
      continue;
    }
    const inner = frame.node[frame.names?.[frame.next] ?? frame.next];
    frame.next += 1;
    if (isBoundless(inner)) return placeOf(way);
    if (isNode(inner)) way.push(frameOf(inner));
  }
  return undefined;
}

function isBoundless(value: unknown): boolean {
  return value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY;
}

function isNode(value: unknown): value is Frame["node"] {
  return typeof value === "object" && value !== null;
}

function frameOf(node: Frame["node"]): Frame {
  if (Array.isArray(node)) return { node, names: undefined, size: node.length, next: 0 };
  const names = Object.keys(node);
  return { node, names, size: names.length, next: 0 };
}

/** Longer places are cut: the names in them are the caller's, and of any length. */
const PLACE_LENGTH_MAX = 120;

function placeOf(way: readonly Frame[]): string {
  const steps = way.slice(0, PLACE_LENGTH_MAX).map(({ names, next }) => {
    return names === undefined ? `[${next - 1}]` : `.${names[next - 1]?.slice(0, PLACE_LENGTH_MAX)}`;
  });
  const place = steps.join("").replace(/^\./, "");
  return place.length > PLACE_LENGTH_MAX ? `${place.slice(0, PLACE_LENGTH_MAX)}…` : place;
}
