/** Content: a string, or blocks. A text part without a bag was the whole string; one with a bag was a block. */
import type { Part } from "@interchange/inference";
import { hasBag, isSaid, isTaggedList, type Wire } from "../wire.ts";
import { NAME } from "./name.ts";
import { readPart, writePart } from "./part.ts";

/** The parts; undefined when there is nothing in it, so that the bag keeps in which way. */
export function readContent(wire: unknown): readonly Part[] | undefined {
  if (isSaid(wire)) return [{ type: "text", text: wire }];
  return isTaggedList(wire) && wire.length > 0 ? wire.map(readPart) : undefined;
}

export function writeContent(parts: readonly Part[]): string | readonly Wire[] | undefined {
  const [first] = parts;
  if (first === undefined) return undefined;
  if (parts.length === 1 && first.type === "text" && !hasBag(NAME, first)) return first.text;
  return parts.map(writePart);
}
