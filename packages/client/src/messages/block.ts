/** One block of a message's content, out of its start and its deltas. */
import { StreamError } from "../client-error.ts";
import { grow, type Node } from "../growth.ts";

export interface Block {
  readonly fields: Node;
  /** The input of a tool as the text that it comes in, which is JSON only when it is whole. */
  inputText: string;
}

export const openBlock = (start: Node): Block => ({ fields: structuredClone(start), inputText: "" });

/** A delta says its own kind as `type`, and what to add beside: of a kind that nobody knows yet too. */
export function addToBlock(block: Block, { type: _, partial_json, citation, ...delta }: Node): void {
  if (typeof partial_json === "string") block.inputText += partial_json;
  grow(block.fields, { ...delta, ...(citation === undefined ? {} : { citations: [citation] }) }, ["signature"]);
}

/** Throws a StreamError where the input of a tool is not whole. */
export function writeBlock({ fields, inputText }: Block): Node {
  return inputText === "" ? fields : { ...fields, input: readInput(inputText, fields["name"]) };
}

function readInput(text: string, name: unknown): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new StreamError(
      `the input of the tool ${name} is no whole JSON, so there is no whole message: was max_tokens too small?`,
      undefined,
      cause,
    );
  }
}
