/** The whole answer. https://docs.anthropic.com/en/api/messages */
import {
  type Choice,
  type InferenceAnswer,
  NO_USAGE,
  type Part,
  type SupplierFailure,
  type ToolCallPart,
} from "@interchange/inference";
import { fitting } from "../fitting.ts";
import { bagOf, extraOf, hasBag, isTaggedList, isText, isWire, Taker, type Wire } from "../wire.ts";
import { readFailure } from "./error.ts";
import { readFinish, type Said, writeFinish } from "./finish.ts";
import { fitsMessage } from "./fit.ts";
import { NAME } from "./name.ts";
import { readAnswerPart, writePart } from "./part.ts";
import { readUsage, writeUsage } from "./usage.ts";

/** Reads a 200 body leniently; one without content is no answer. */
export function readAnswer(wire: unknown): InferenceAnswer | SupplierFailure {
  if (!isWire(wire) || !isTaggedList(wire.content)) return readFailure(wire);
  const taker = new Taker(wire);
  for (const key of WRITTEN) taker.drop(key);
  const finish = readFinish(wire);
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
    content: choice.content.flatMap((part, nth) => writeBlock(part, standInId(answer.id, nth))),
    ...writeFinish(choice.finish, saidIn(choice.content)),
    usage: writeUsage(answer.usage),
    ...bagOf(NAME, answer),
    ...bagOf(NAME, choice),
  };
}

/** Blocks that only another format knows are none here. */
function writeBlock(part: Part, standIn: string): readonly Wire[] {
  switch (part.type) {
    case "opaque":
      return part.dialect === NAME ? [writePart(part)] : [];
    case "audio":
      return [];
    case "tool-call":
      return [writePart({ ...part, ...headOfCall(part, standIn) })];
    case "reasoning":
      return [
        hasBag(NAME, part) || part.redacted !== undefined ? writePart(part) : { ...UNSIGNED, ...writePart(part) },
      ];
    default:
      return [writePart(part)];
  }
}

/** Thoughts that another format told have no signature, where this one has at least an empty one. */
const UNSIGNED: Wire = { signature: "" };

/** A call has an id and a name in this format: one of ours where the supplier gave none. */
export function headOfCall({ callId, name }: CallHead, standIn: string): CallHead {
  return { callId: callId === "" ? standIn : callId, name: name === "" ? NAMELESS : name };
}

type CallHead = Pick<ToolCallPart, "callId" | "name">;

/** There is no such tool, and whoever looks for it will say so to the model. */
const NAMELESS = "unnamed";

/** The id of a call to which the supplier gave none: its own in the whole conversation. */
export function standInId(answerId: string, part: number): string {
  return `${answerId}_${part}`;
}

function saidIn(content: readonly Part[]): Said {
  const declined = content.filter((part) => part.type === "refusal");
  return {
    callsTools: content.some((part) => part.type === "tool-call"),
    declined: declined.length === 0 ? undefined : declined.map((part) => part.text).join(""),
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
