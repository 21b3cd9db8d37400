/** The whole answer. https://docs.anthropic.com/en/api/messages */
import { type Choice, type InferenceAnswer, NO_USAGE, type SupplierFailure } from "@interchange/inference";
import { fitting } from "../fitting.ts";
import { bagOf, extraOf, isTaggedList, isText, isWire, Taker, type Wire } from "../wire.ts";
import { readFailure } from "./error.ts";
import { readFinish, writeFinish } from "./finish.ts";
import { fitsMessage } from "./fit.ts";
import { NAME } from "./name.ts";
import { readAnswerPart, writePart } from "./part.ts";
import { readUsage, writeUsage } from "./usage.ts";

/** Reads a 200 body leniently; one without content is no answer. */
export function readAnswer(wire: unknown): InferenceAnswer | SupplierFailure {
  if (!isWire(wire) || !isTaggedList(wire.content)) return readFailure(wire);
  const taker = new Taker(wire);
  for (const key of WRITTEN) taker.drop(key);
  const finish = readFinish(wire.stop_reason, wire.stop_sequence);
  return {
    id: isText(wire.id) ? wire.id : "",
    model: isText(wire.model) ? wire.model : "",
    choices: [{ index: 0, content: wire.content.flatMap(readAnswerPart), finish }],
    usage: isWire(wire.usage) ? readUsage(wire.usage) : NO_USAGE,
    ...extraOf(NAME, fitting(taker.rest(), fitsMessage)),
  };
}

/** What is written anew from the words. */
export const WRITTEN = ["id", "type", "role", "model", "content", "stop_reason", "stop_sequence", "usage"];

export function writeAnswer(answer: InferenceAnswer): Wire {
  const choice = answer.choices[0] ?? NO_CHOICE;
  return {
    ...writeHead(answer),
    content: choice.content.map(writePart),
    ...writeFinish(choice.finish),
    usage: writeUsage(answer.usage),
    ...bagOf(NAME, answer),
    ...bagOf(NAME, choice),
  };
}

const NO_CHOICE: Choice = { index: 0, content: [], finish: { reason: "unknown", raw: null } };

/** What the whole answer and the start of a stream have in common. */
export function writeHead(answer: { readonly id: string; readonly model: string }): Wire {
  return { id: writeId(answer.id), type: "message", role: "assistant", model: answer.model };
}

/** Ids of this format have a prefix by which callers know them. */
function writeId(id: string): string {
  return id.startsWith("msg_") ? id : `msg_${id}`;
}
