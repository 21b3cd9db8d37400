/** Pieces of a message that only this dialect knows: `{tool_calls: [call]}`, `{function_call}`, `{audio}`. */
import type { OpaquePart, Part } from "@interchange/inference";
import { isText, isWire, type Taker, type Wire } from "../wire.ts";
import { NAME } from "./name.ts";

/** Properties of a message that are told bit by bit in a stream and have no word. */
export const PIECES = ["function_call", "audio"] as const;

export function takePieces(taker: Taker): readonly OpaquePart[] {
  return PIECES.flatMap((key) => {
    const value = taker.take(key, isWire);
    return value === undefined ? [] : [{ type: "opaque", dialect: NAME, wire: { [key]: value } } as const];
  });
}

/** Parts of the content have a type, pieces of the message have none. */
export function isPiece(part: Part): part is OpaquePart & { readonly wire: Wire } {
  return part.type === "opaque" && part.dialect === NAME && isWire(part.wire) && !("type" in part.wire);
}

/** The piece with all its deltas: texts grow, except those that name something. */
export function joinPiece(piece: Wire, deltas: readonly unknown[]): Wire {
  return deltas.filter(isWire).reduce(joinObjects, piece);
}

const NAMES: ReadonlySet<string> = new Set(["id", "type", "name"]);

function joinObjects(before: Wire, after: Wire): Wire {
  const joined = Object.entries(after).map(([key, value]) => [key, joinValues(key, before[key], value)]);
  return Object.fromEntries([...Object.entries(before), ...joined]);
}

function joinValues(key: string, before: unknown, after: unknown): unknown {
  if (isText(before) && isText(after)) return NAMES.has(key) ? after : before + after;
  if (Array.isArray(before) && Array.isArray(after)) return [joinValues(key, before[0], after[0])];
  return isWire(before) && isWire(after) ? joinObjects(before, after) : after === null ? (before ?? null) : after;
}
