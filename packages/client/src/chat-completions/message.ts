/** The message of an answer, out of deltas: texts are appended, calls and thoughts are gathered by their index. */
import { grow, type Node } from "../growth.ts";

export interface Message {
  readonly fields: Node;
  readonly calls: Map<number, Node>;
}

/** Texts that come whole, though some servers say them again in each piece. */
const ONCE = ["role", "id", "type", "name", "format", "signature"];

export function addDelta({ fields, calls }: Message, { tool_calls, reasoning_details, ...delta }: Node): void {
  grow(fields, delta, ONCE);
  for (const piece of list(tool_calls)) addCall(calls, piece);
  for (const piece of list(reasoning_details)) addThought(fields, piece);
}

/** The calls have no index in a whole message. */
export function writeMessage({ fields, calls }: Message): Node {
  const sorted = [...calls.entries()].sort(([a], [b]) => a - b).map(([, call]) => call);
  const { role, content, ...rest } = fields;
  return {
    role: role ?? "assistant",
    content: content ?? null,
    ...rest,
    ...(sorted.length > 0 ? { tool_calls: sorted } : {}),
  };
}

/** A piece without an index goes on with the last call, unless it has an id, which begins another. */
function addCall(calls: Map<number, Node>, { index, ...piece }: Node): void {
  const last = Math.max(-1, ...calls.keys());
  const next = typeof piece["id"] === "string" && piece["id"] !== "" ? last + 1 : Math.max(0, last);
  const place = typeof index === "number" ? index : next;
  const call = calls.get(place) ?? {};
  calls.set(place, call);
  grow(call, piece, ONCE);
}

/** Pieces of the same kind with the same index are one thought. */
function addThought(fields: Node, piece: Node): void {
  const thoughts = list(fields["reasoning_details"]);
  const same = thoughts.find(
    ({ index, type }) => typeof index === "number" && index === piece["index"] && type === piece["type"],
  );
  if (same) grow(same, piece, ONCE);
  else fields["reasoning_details"] = [...thoughts, { ...piece }];
}

const list = (value: unknown): Node[] => (Array.isArray(value) ? (value as Node[]) : []);
