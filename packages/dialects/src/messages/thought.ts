/** Thoughts: `thinking` with what proves it to its author, `redacted_thinking`. https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking */
import type { ReasoningPart } from "@interchange/inference";
import { bagOf, isText, type Taker, type Wire } from "../wire.ts";
import { NAME } from "./name.ts";

/** A thought with a bag, even an empty one, was a block of this format; one without was told in another. */
export function readThinking(taker: Taker): ReasoningPart | undefined {
  const text = taker.take("thinking", isText);
  const signature = taker.take("signature", isText);
  if (text === undefined) return undefined;
  return { type: "reasoning", text, ...(signature === undefined ? {} : { signature }), extra: restOf(taker) };
}

export function readRedactedThinking(taker: Taker): ReasoningPart | undefined {
  const redacted = taker.take("data", isText);
  return redacted === undefined ? undefined : { type: "reasoning", text: "", redacted, extra: restOf(taker) };
}

function restOf(taker: Taker): NonNullable<ReasoningPart["extra"]> {
  return { [NAME]: taker.rest() ?? {} };
}

export function writeThought(part: ReasoningPart): Wire {
  if (part.redacted !== undefined) return { type: "redacted_thinking", data: part.redacted, ...bagOf(NAME, part) };
  const signature = part.signature === undefined ? {} : { signature: part.signature };
  return { type: "thinking", thinking: part.text, ...signature, ...bagOf(NAME, part) };
}
