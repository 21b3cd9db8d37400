/** One of the answers of a completion, out of what each chunk adds to it. */
import { grow, type Node, overlay } from "../growth.ts";
import { addDelta, type Message, writeMessage } from "./message.ts";

interface Choice {
  readonly message: Message;
  readonly rest: Node;
}

/** By their place among the answers. */
export type Choices = Map<number, Choice>;

export function addChoice(choices: Choices, { index, delta, logprobs, ...rest }: Node): void {
  const place = typeof index === "number" ? index : 0;
  const choice: Choice = choices.get(place) ?? { message: { fields: {}, calls: new Map() }, rest: { index: place } };
  choices.set(place, choice);
  addDelta(choice.message, (delta ?? {}) as Node);
  if (logprobs !== undefined) grow(choice.rest, { logprobs });
  overlay(choice.rest, rest);
}

export function writeChoices(choices: Choices): Node[] {
  const sorted = [...choices.values()].sort((a, b) => Number(a.rest["index"]) - Number(b.rest["index"]));
  return sorted.map(({ message, rest: { index, ...rest } }) => ({
    index,
    message: writeMessage(message),
    finish_reason: null,
    ...rest,
  }));
}
