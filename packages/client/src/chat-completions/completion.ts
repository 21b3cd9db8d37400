/** Chunks → the completion that the unstreamed call gives. */
import { StreamError } from "../client-error.ts";
import type { Fold } from "../event-stream.ts";
import { isNode, type Node, overlay } from "../growth.ts";
import { addChoice, type Choices, writeChoices } from "./choice.ts";

/** What a chunk alone has is dropped: its padding, and the word that it is one. */
export function foldCompletion(): Fold<unknown, unknown> {
  const whole: Node = {};
  const choices: Choices = new Map();
  return {
    add(event) {
      const { choices: added, object: _, obfuscation: _padding, usage, ...rest } = event as Node;
      overlay(whole, rest);
      // Counters, where several chunks tell them, are totals: the last take the place of those before.
      if (isNode(usage)) whole["usage"] = usage;
      for (const each of (added ?? []) as Node[]) addChoice(choices, each);
    },
    answer() {
      if (choices.size === 0 && whole["id"] === undefined)
        throw new StreamError("the stream ended before anything was said: ask again");
      const { id, ...rest } = whole;
      return { id, object: "chat.completion", ...rest, choices: writeChoices(choices) };
    },
  };
}
