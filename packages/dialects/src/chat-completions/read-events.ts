/** The stream of a supplier. https://platform.openai.com/docs/api-reference/chat/streaming */
import type { Extra, InferenceEvent, ReasoningPart, SupplierFailure } from "@interchange/inference";
import type { EventReader } from "../dialect.ts";
import { CUT_SHORT, eventReader, NOT_JSON, type RecordReader, type Tell } from "../event-reader.ts";
import { fitting } from "../fitting.ts";
import type { SseRecord } from "../sse.ts";
import { extraOf, isCount, isSaid, isWire, isWireList, saidBeside, type Wire, writeJson } from "../wire.ts";
import { readHead, WRITTEN } from "./answer.ts";
import { hasFailed, readChoiceFailure, readFailure } from "./error.ts";
import { readFinish } from "./finish.ts";
import { fitsChunk, fitsChunkChoice, fitsDelta, readLogprobs } from "./fit.ts";
import { NAME } from "./name.ts";
import { PIECES } from "./opaque.ts";
import { isPlain } from "./plain.ts";
import { PartReader } from "./read-parts.ts";
import { isDetails, readDetails, textOfThinking } from "./thought.ts";
import { readUsage } from "./usage.ts";

export function readEvents(): EventReader {
  return eventReader(NAME, (tell) => new StreamReader(tell), isPlain);
}

interface OpenChoice {
  /** Dense from 0, in the order in which the choices began. */
  readonly index: number;
  readonly parts: PartReader;
  finished: boolean;
}

class StreamReader implements RecordReader {
  readonly #tell: Tell;
  /** By the number that the supplier gives them. */
  readonly #choices = new Map<number, OpenChoice>();
  #started = false;
  /** What the chunks say beside their choices, as told so far. */
  #beside: Wire = {};

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  read({ event, data }: SseRecord, wire: unknown): void {
    if (data === "") return;
    if (data.trim() === "[DONE]") return this.closed();
    if (event === "error") return this.#fail(readFailure(isWire(wire) && !("error" in wire) ? { error: wire } : wire));
    if (!isWire(wire)) return this.#fail(NOT_JSON);
    if (isFailure(wire)) return this.#fail(readFailure(wire));
    this.#chunk(wire);
  }

  /** A stream is whole when every choice has finished; `[DONE]` alone does not make it so. */
  closed(): void {
    const whole = this.#choices.size > 0 && [...this.#choices.values()].every((choice) => choice.finished);
    if (whole) this.#tell({ type: "end" });
    else this.#fail(CUT_SHORT);
  }

  /** The supplier numbers the choice of a plain record as we do. */
  repeated(event: InferenceEvent): void {
    if (event.type === "reasoning-delta") this.#choices.get(event.choice)?.parts.keepThought(event.text);
  }

  #fail(failure: SupplierFailure): void {
    for (const choice of this.#choices.values()) if (!choice.finished) choice.parts.endAll();
    this.#tell({ type: "error", failure });
  }

  #chunk(chunk: Wire): void {
    const choices = isWireList(chunk.choices) ? chunk.choices : [];
    const extra = this.#news(chunk);
    if (this.#started) this.#tellExtra(undefined, extra);
    else if (choices.length > 0 || isWire(chunk.usage)) this.#start(chunk);
    for (const [position, choice] of choices.entries()) this.#choice(choice, position);
    if (isWire(chunk.usage)) this.#tell({ type: "usage", usage: readUsage(chunk.usage) });
  }

  /** Some servers send a chunk without choices, without a name even, before the answer begins. */
  #start(chunk: Wire): void {
    this.#started = true;
    const beside = Object.keys(this.#beside).length === 0 ? undefined : this.#beside;
    this.#tell({ type: "start", ...readHead(chunk), ...extraOf(NAME, beside) });
  }

  /** What this chunk says beside its choices that no chunk has said before. Padding ends with the leg that it pads. */
  #news(chunk: Wire): Extra | undefined {
    const beside = saidBeside(chunk, BESIDE_NOT);
    if (beside === undefined) return undefined;
    const said = new Set(Object.keys(beside).filter((key) => isSame(beside[key], this.#beside[key])));
    const news = fitting(asManyAsFit(saidBeside(beside, said), this.#beside), fitsChunk);
    if (news === undefined) return undefined;
    this.#beside = { ...this.#beside, ...news };
    return { [NAME]: news };
  }

  #tellExtra(choice: number | undefined, extra: Extra | undefined): void {
    if (extra !== undefined) this.#tell({ type: "extra", ...(choice === undefined ? {} : { choice }), extra });
  }

  #choice(wire: Wire, position: number): void {
    const open = this.#openChoice(numberOf(wire, position));
    if (open.finished) return;
    const delta = isWire(wire.delta) ? wire.delta : {};
    const details = fittingDetails(delta.reasoning_details);
    let extra = choiceExtra(wire, delta, details !== undefined);
    if (readTexts(open.parts, delta, details, extra)) extra = {};
    readCalls(open.parts, delta);
    if (isWire(wire.message)) readMessage(open.parts, wire.message);
    if (hasFailed(wire)) return this.#fail(readChoiceFailure(wire));
    if (isSaid(wire.finish_reason)) {
      open.finished = true;
      open.parts.endAll();
      const ended = { callsTools: open.parts.callsTools, declined: open.parts.hasSaid("refusal") };
      this.#tell({ type: "finish", choice: open.index, finish: readFinish(wire, ended), ...extra });
    } else this.#tellExtra(open.index, extra.extra);
  }

  #openChoice(number: number): OpenChoice {
    const known = this.#choices.get(number);
    if (known !== undefined) return known;
    const index = this.#choices.size;
    const choice = { index, parts: new PartReader(this.#tell, index), finished: false };
    this.#choices.set(number, choice);
    return choice;
  }
}

/** Nobody can ask for more. */
const CHOICES_MAX = 128;

/** The supplier's number of a choice; its place in the chunk when it has none that is one. */
function numberOf({ index }: Wire, position: number): number {
  return isCount(index) && index < CHOICES_MAX ? index : position % CHOICES_MAX;
}

const BESIDE_NOT: ReadonlySet<string> = new Set([...WRITTEN, "obfuscation"]);

/** Properties beside the choices in one stream. Nobody has so many; they are kept, and told to callers with every chunk. */
const BESIDE_MAX = 64;

/** Those that are known, and as many others as there is room for. */
function asManyAsFit(wire: Wire | undefined, known: Wire): Wire | undefined {
  if (wire === undefined) return undefined;
  const others = Object.keys(wire).filter((key) => !Object.hasOwn(known, key));
  const room = BESIDE_MAX - Object.keys(known).length;
  return others.length <= room ? wire : saidBeside(wire, new Set(others.slice(room)));
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  return isObject(one) && isObject(other) && writeJson(one) === writeJson(other);
}

function isFailure(wire: Wire): boolean {
  return isWire(wire.error) || isSaid(wire.error) || wire.object === "error";
}

/** What has no word, in the form in which a whole choice has it: beside the message, and within it. */
function choiceExtra(wire: Wire, delta: Wire, hasDetails: boolean): { readonly extra?: Extra } {
  const beside = fitting(readLogprobs(saidBeside(wire, FRAME)), fitsChunkChoice);
  const within = fitting(saidBeside(delta, hasDetails ? PIECED : WORDED), fitsDelta);
  if (beside === undefined && within === undefined) return {};
  return extraOf(NAME, { ...beside, ...(within === undefined ? {} : { message: within }) });
}

const FRAME: ReadonlySet<string> = new Set(["index", "delta", "message", "finish_reason"]);
const WORDED: ReadonlySet<string> = new Set([
  "role",
  "content",
  "refusal",
  "reasoning_content",
  "tool_calls",
  ...PIECES,
]);
const PIECED: ReadonlySet<string> = new Set([...WORDED, "reasoning_details"]);

/** The thoughts in pieces, when all of them are known and in contract. */
function fittingDetails(wires: unknown): readonly ReasoningPart[] | undefined {
  return isDetails(wires) && fitsDelta({ reasoning_details: wires }) ? readDetails(wires) : undefined;
}

/** Whether there was a text that has taken the bag along. */
function readTexts(parts: PartReader, delta: Wire, details: Details, extra: Extras): boolean {
  const inPieces = isToldIn(details);
  const said = textsOf(delta).filter(([kind, text]) => text !== "" && !(inPieces && kind === "reasoning"));
  const pieces = details ?? [];
  let bag = extra;
  if (inPieces) for (const piece of pieces) bag = parts.think(piece, bag) ? {} : bag;
  for (const [kind, text] of said) {
    parts.grow(kind, text, bag);
    bag = {};
  }
  if (!inPieces) for (const piece of pieces) parts.think(piece, {});
  return bag !== extra;
}

type Details = readonly ReasoningPart[] | undefined;
type Extras = { readonly extra?: Extra };
type Said = readonly [kind: "reasoning" | "text" | "refusal", text: string];

function textsOf({ reasoning_content, reasoning, content, refusal }: Wire): readonly Said[] {
  const thought = isSaid(reasoning_content) ? reasoning_content : reasoning;
  const texts: Said[] = [];
  if (isSaid(thought)) texts.push(["reasoning", thought]);
  if (isSaid(content)) texts.push(["text", content]);
  else if (isWireList(content)) for (const part of content) texts.push(saidIn(part));
  if (isSaid(refusal)) texts.push(["refusal", refusal]);
  return texts;
}

/** Some servers tell content in parts here too. */
function saidIn(part: Wire): Said {
  const thought = textOfThinking(part);
  return thought === undefined ? ["text", isSaid(part.text) ? part.text : ""] : ["reasoning", thought];
}

/** Whether the pieces tell the text of the thought, so that the text beside them is the same once more. */
function isToldIn(details: Details): boolean {
  return details?.some(({ text }) => text !== "") === true;
}

function readCalls(parts: PartReader, delta: Wire): void {
  if (isWireList(delta.tool_calls)) for (const call of delta.tool_calls) parts.call(call);
  for (const key of PIECES) {
    const piece = delta[key];
    if (isWire(piece)) parts.piece(key, piece);
  }
}

/** A message, whole, where a delta was due: of its texts, those of which there were no deltas. */
function readMessage(parts: PartReader, message: Wire): void {
  const missing = textsOf(message).filter(([kind, text]) => text !== "" && !parts.hasSaid(kind));
  for (const [kind, text] of missing) parts.grow(kind, text, {});
  if (!isWireList(message.tool_calls)) return;
  for (const [index, call] of message.tool_calls.entries()) parts.whole({ index, ...call });
}
