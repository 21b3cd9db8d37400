/** The turn of the assistant that a client puts together of a stream, to send it back with the next request. */
import type { Format } from "@interchange/config";
import type { Wire } from "./wire-format.ts";

export function turnTold(format: Format, events: readonly Wire[]): Wire {
  return format === "messages" ? turnOfMessages(events) : turnOfChat(events);
}

const DELTAS: Readonly<Record<string, (delta: Wire) => Wire>> = {
  text_delta: ({ text }) => ({ text }),
  thinking_delta: ({ thinking }) => ({ thinking }),
  signature_delta: ({ signature }) => ({ signature }),
  input_json_delta: ({ partial_json }) => ({ input: partial_json }),
};

function turnOfMessages(events: readonly Wire[]): Wire {
  const content: Wire[] = [];
  for (const { type, index, content_block, delta } of events) {
    const at = index as number;
    if (type === "content_block_start") content[at] = content_block as Wire;
    if (type !== "content_block_delta") continue;
    const said = DELTAS[String((delta as Wire)["type"])]?.(delta as Wire) ?? {};
    content[at] = joined(content[at] ?? {}, said);
  }
  return { role: "assistant", content: content.map(withInput) };
}

function withInput(block: Wire): Wire {
  const { input } = block;
  return typeof input === "string" ? { ...block, input: JSON.parse(input) as unknown } : block;
}

function turnOfChat(events: readonly Wire[]): Wire {
  return events
    .flatMap(({ choices }) => (choices ?? []) as readonly Wire[])
    .reduce<Wire>((turn, { delta }) => joined(turn, delta as Wire), {});
}

/** Texts grow, lists grow item by item as their indices say, and all else is as it was said last. */
function joined(before: Wire, step: Wire): Wire {
  const grown = Object.entries(step).map(([name, said]) => [name, joinedValue(name, before[name], said)]);
  return { ...before, ...Object.fromEntries(grown) };
}

/** Names of which the value is said whole each time; the vendor's own SDK takes a signature so. */
const WHOLE: ReadonlySet<string> = new Set(["id", "type", "role", "name", "format", "signature"]);

function joinedValue(name: string, before: unknown, said: unknown): unknown {
  if (Array.isArray(said)) return said.reduce(joinedItem, Array.isArray(before) ? before : []);
  if (typeof before === "string" && typeof said === "string") return WHOLE.has(name) ? said : before + said;
  if (isWire(before) && isWire(said)) return joined(before, said);
  return said ?? before;
}

function joinedItem(items: readonly Wire[], item: Wire): Wire[] {
  const at = items.findIndex(({ index }) => index === item["index"]);
  return at < 0 ? [...items, item] : items.with(at, joined(items[at] as Wire, item));
}

function isWire(value: unknown): value is Wire {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
