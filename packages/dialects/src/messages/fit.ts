/** What the contract allows beside the words in answers and events, by its own checks, place by place. */
import { validators } from "@interchange/contract/messages";
import { isSayable } from "../fitting.ts";
import type { Wire } from "../wire.ts";

const { event, responses } = validators.createMessage;

function isAnswer(wire: Wire): boolean {
  return isSayable(wire) && responses[200](wire);
}

function isEvent(wire: Wire): boolean {
  return isSayable(wire) && event(wire);
}

const COUNTS: Wire = { input_tokens: 0, output_tokens: 0 };
const MESSAGE: Wire = {
  id: "msg_",
  type: "message",
  role: "assistant",
  model: "",
  content: [],
  stop_reason: null,
  stop_sequence: null,
  usage: COUNTS,
};

export function fitsMessage(rest: Wire): boolean {
  return isAnswer({ ...MESSAGE, ...rest });
}

export function fitsUsage(rest: Wire): boolean {
  return fitsMessage({ usage: { ...COUNTS, ...rest } });
}

export function fitsBlock(block: Wire): boolean {
  return isEvent({ type: "content_block_start", index: 0, content_block: block });
}

export function fitsDelta(delta: Wire): boolean {
  return isEvent({ type: "content_block_delta", index: 0, delta });
}

/** What the end of a stream says: beside the message's end, except for what was done to the context. */
export function fitsEnd({ context_management, ...rest }: Wire): boolean {
  const delta = { stop_reason: null, stop_sequence: null, ...rest };
  const beside = context_management === undefined ? {} : { context_management };
  return isEvent({ type: "message_delta", delta, usage: COUNTS, ...beside });
}
