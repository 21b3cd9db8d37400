/** Content, in both formats: a string, or parts. A text part without a bag was the whole string; one with a bag was a part. */
import type { Part } from "@interchange/inference";
import { hasBag, isSaid, isTaggedList, type Tagged, type Wire } from "./wire.ts";

/** The parts; undefined when there is nothing in it, so that the bag keeps in which way. */
export function readContent(wire: unknown, readPart: (part: Tagged) => Part): readonly Part[] | undefined {
  if (isSaid(wire)) return [{ type: "text", text: wire }];
  return hasParts(wire) ? wire.map(readPart) : undefined;
}

/** Whether there is something to read; empty content stays in the bag. */
export function hasContent(wire: unknown): wire is string | readonly Tagged[] {
  return isSaid(wire) || hasParts(wire);
}

function hasParts(wire: unknown): wire is readonly Tagged[] {
  return isTaggedList(wire) && wire.length > 0;
}

/** The content; undefined when there is nothing to say. */
export function writeContent<P extends Part>(
  dialect: string,
  parts: readonly P[],
  writePart: (part: P) => Wire,
): string | readonly Wire[] | undefined {
  const [first] = parts;
  if (first === undefined) return undefined;
  if (parts.length === 1 && first.type === "text" && !hasBag(dialect, first)) return first.text;
  return parts.map(writePart);
}
