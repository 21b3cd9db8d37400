/** The whole answer. https://platform.openai.com/docs/api-reference/chat/object */
import {
  type Choice,
  type Extra,
  type InferenceAnswer,
  joinExtra,
  NO_USAGE,
  type Part,
  type ReasoningPart,
  type RefusalPart,
  type SupplierFailure,
  type TextPart,
} from "@interchange/inference";
import { fitting } from "../fitting.ts";
import { NO_QUIRKS } from "../quirks.ts";
import { bagOf, extraOf, isNumber, isSaid, isText, isWire, isWireList, Taker, type Wire } from "../wire.ts";
import { hasFailed, readChoiceFailure, readFailure } from "./error.ts";
import { readFinish, writeExplanation, writeFinish } from "./finish.ts";
import { fitsAnswer, fitsCall, fitsChoice, fitsMessage, readLogprobs } from "./fit.ts";
import { joined, takeParts, writeCalls, writePieces, writeThoughts } from "./message.ts";
import { NAME } from "./name.ts";
import { isPiece } from "./opaque.ts";
import { textOfThinking, withoutDetail } from "./thought.ts";
import { readUsage, writeUsage } from "./usage.ts";

/** What is written anew from the words. */
export const WRITTEN = ["id", "object", "created", "model", "choices", "usage"];

/** Reads a 200 body leniently; one without choices, or none of which came to its end, is no answer. */
export function readAnswer(wire: unknown): InferenceAnswer | SupplierFailure {
  if (!isWire(wire) || !isWireList(wire.choices) || wire.choices.length === 0) return readFailure(wire);
  const [first = {}] = wire.choices;
  if (wire.choices.every(hasFailed)) return readChoiceFailure(first);
  const taker = new Taker(wire);
  for (const key of WRITTEN) taker.drop(key);
  return {
    ...readHead(wire),
    choices: wire.choices.map(readChoice),
    usage: isWire(wire.usage) ? readUsage(wire.usage) : NO_USAGE,
    ...extraOf(NAME, fitting(taker.rest(), fitsAnswer)),
  };
}

/** What the whole answer and the chunks of a stream have in common. */
export function readHead(wire: Wire): Pick<InferenceAnswer, "id" | "model" | "createdAtS"> {
  const id = isText(wire.id) ? wire.id : "";
  const model = isText(wire.model) ? wire.model : "";
  const createdAtS = isNumber(wire.created) ? Math.trunc(wire.created) : Number.NaN;
  return { id, model, ...(Number.isSafeInteger(createdAtS) ? { createdAtS } : {}) };
}

/** Choices are counted in the order in which they came, whatever numbers they were given. */
function readChoice(wire: Wire, index: number): Choice {
  const taker = new Taker(wire);
  for (const key of ["index", "message", "finish_reason"]) taker.drop(key);
  const message = new Taker(isWire(wire.message) ? wire.message : {});
  message.drop("role");
  const content = takeAnswerParts(message, wire.message);
  taker.leave("message", fitting(message.rest(), fitsMessage));
  const callsTools = content.some((part) => part.type === "tool-call");
  const declined = content.some((part) => part.type === "refusal");
  return {
    index,
    content,
    finish: readFinish(wire, { callsTools, declined }),
    ...extraOf(NAME, fitting(readLogprobs(taker.rest()), fitsChoice)),
  };
}

/** Some servers say `reasoning` for what the contract calls `reasoning_content`; then the one is told beside the other. */
function takeAnswerParts(taker: Taker, wire: unknown): readonly Part[] {
  const parts = takeParts(taker).flatMap(fittingPart);
  const { reasoning, reasoning_content } = isWire(wire) ? wire : {};
  const thoughts = parts.filter((part) => part.type === "reasoning");
  // It is then written anew from the pieces, under the name that callers look for.
  if (!isSaid(reasoning_content) && joined(thoughts) !== "") taker.drop("reasoning_content");
  return isSaid(reasoning) && thoughts.length === 0 ? [{ type: "reasoning", text: reasoning }, ...parts] : parts;
}

/** The part with as much beside its words as the contract allows; none when it allows nothing of it. */
function fittingPart(part: Part): readonly Part[] {
  if (isPiece(part)) return fitsMessage(part.wire) ? [part] : [];
  const thought = part.type === "opaque" && isWire(part.wire) ? textOfThinking(part.wire) : undefined;
  if (thought !== undefined) return [{ type: "reasoning", text: thought }];
  if (part.type === "opaque" || part.extra === undefined) return [part];
  if (part.type === "reasoning") return fitsMessage(writeThoughts([part], part.text)) ? [part] : [];
  const { extra: _, ...bare } = part;
  return [part.type === "tool-call" ? { ...bare, ...extraOf(NAME, fitting(bagOf(NAME, part), fitsCall)) } : bare];
}

export function writeAnswer(answer: InferenceAnswer): Wire {
  return {
    ...writeHead(answer),
    object: "chat.completion",
    choices: answer.choices.map(writeChoice),
    usage: writeUsage(answer.usage),
    ...bagOf(NAME, answer),
  };
}

/** A supplier that does not tell when it answered has answered at no time that we know. */
export function writeHead(head: Pick<InferenceAnswer, "id" | "model" | "createdAtS">): Wire {
  return { id: writeId(head.id), created: head.createdAtS ?? 0, model: head.model };
}

/** Ids of the Messages format get the beginning that clients know; servers of this one begin theirs as they like. */
function writeId(id: string): string {
  return id.startsWith("msg_") ? `chatcmpl-${id.slice("msg_".length)}` : id;
}

function writeChoice(choice: Choice): Wire {
  const { message: rest, ...bag } = bagOf(NAME, extraOfChoice(choice));
  const thoughts = choice.content.filter((part) => part.type === "reasoning");
  return {
    index: choice.index,
    message: {
      role: "assistant",
      ...writeExplanation(choice.finish),
      ...writeTexts(choice.content),
      ...writeThoughts(thoughts, joined(thoughts)),
      ...writePieces(choice.content),
      ...writeCalls(choice.content, AS_IT_CAME),
      ...(isWire(rest) ? rest : {}),
    },
    ...writeFinish(choice.finish),
    ...bag,
  };
}

/** Callers have no quirks. */
const AS_IT_CAME = { own: false, quirks: NO_QUIRKS };

/** In an answer a text is no object of its own: what its steps brought along belongs to the choice. */
function extraOfChoice(choice: Choice): { readonly extra?: Extra } {
  const bags = choice.content.filter(isTextual).map((part) => withoutDetail(part.extra));
  const extra = [...bags, choice.extra].reduce(joinExtra, undefined);
  return extra === undefined ? {} : { extra };
}

function isTextual(part: Part): part is TextPart | RefusalPart | ReasoningPart {
  return part.type === "text" || part.type === "refusal" || part.type === "reasoning";
}

function writeTexts(parts: readonly Part[]): Wire {
  const said = parts.filter((part) => part.type === "text");
  const declined = parts.filter((part) => part.type === "refusal");
  const refusal = declined.length === 0 ? {} : { refusal: joined(declined) };
  return { content: said.length === 0 ? null : joined(said), ...refusal };
}
