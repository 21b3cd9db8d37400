/** Blocks of a supplier's stream, by its own index, as parts that are dense from 0. */
import type { Extra, Place, ToolCallPart } from "@interchange/inference";
import type { Tell } from "../event-reader.ts";
import { fitting } from "../fitting.ts";
import { isSaid, isText, type Tagged, type Wire, without } from "../wire.ts";
import { fitsDelta } from "./fit.ts";
import { NAME } from "./name.ts";
import { type AnswerPart, readAnswerPart } from "./part.ts";

/** `left-out`: the contract does not allow it, so that nothing of it is told. */
type Kind = "text" | "reasoning" | "tool-input" | "opaque" | "left-out";

interface Open extends Place {
  readonly kind: Kind;
  /** Whether arguments have come, for a call. */
  hasInput: boolean;
}

export class PartReader {
  readonly #tell: Tell;
  readonly #open = new Map<unknown, Open>();
  #next = 0;

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  start(index: unknown, block: Tagged): void {
    this.stop(index);
    const [part] = readAnswerPart(block);
    const place = { choice: 0, part: part === undefined ? this.#next : this.#next++ };
    const kind = part === undefined ? "left-out" : KINDS[part.type];
    this.#open.set(index, { ...place, kind, hasInput: part?.type === "tool-call" && hasInput(part) });
    if (part !== undefined) tellStart(this.#tell, place, part, block);
  }

  /** False when it belongs to no block that has begun and none can be begun for it. */
  delta(index: unknown, delta: Tagged): boolean {
    const missing = MISSING_BLOCKS.get(delta.type);
    if (!this.#open.has(index) && missing !== undefined) this.start(index, missing);
    const open = this.#open.get(index);
    if (open === undefined) return false;
    if (open.kind !== "left-out") tellDelta(this.#tell, open, delta);
    return true;
  }

  stop(index: unknown): void {
    const open = this.#open.get(index);
    if (open === undefined) return;
    this.#open.delete(index);
    const { kind, hasInput, ...place } = open;
    if (kind === "left-out") return;
    if (kind === "tool-input" && !hasInput) this.#tell({ type: "tool-input-delta", ...place, text: "{}" });
    this.#tell(kind === "opaque" ? { type: "opaque-end", dialect: NAME, ...place } : { type: `${kind}-end`, ...place });
  }

  stopAll(): void {
    for (const index of [...this.#open.keys()]) this.stop(index);
  }
}

/** Some servers leave out the start of the blocks that need nothing but their kind. */
const MISSING_BLOCKS: ReadonlyMap<string, Tagged> = new Map<string, Tagged>([
  ["text_delta", { type: "text", text: "" }],
  ["thinking_delta", { type: "thinking", thinking: "" }],
]);

const KINDS: Readonly<Record<AnswerPart["type"], Kind>> = {
  text: "text",
  reasoning: "reasoning",
  "tool-call": "tool-input",
  opaque: "opaque",
};

/** A call begins with empty arguments, which are those that it has when none come after. */
function hasInput({ input }: ToolCallPart): boolean {
  return input !== "" && input !== "{}";
}

/** A block may begin with something in it already; that is told as its first delta. */
function tellStart(tell: Tell, place: Place, part: AnswerPart, block: Tagged): void {
  const extra = "extra" in part ? { extra: part.extra } : {};
  if (part.type === "text") {
    tell({ type: "text-start", ...place, ...extra });
    if (part.text !== "") tell({ type: "text-delta", ...place, text: part.text });
  } else if (part.type === "reasoning") {
    const redacted = part.redacted === undefined ? {} : { redacted: part.redacted };
    tell({ type: "reasoning-start", ...place, ...redacted, ...extra });
    if (part.text !== "") tell({ type: "reasoning-delta", ...place, text: part.text });
    if (part.signature) tell({ type: "reasoning-signature", ...place, signature: part.signature });
  } else if (part.type === "tool-call") {
    tell({ type: "tool-input-start", ...place, callId: part.callId, name: part.name, ...extra });
    if (hasInput(part)) tell({ type: "tool-input-delta", ...place, text: part.input });
  } else {
    tell({ type: "opaque-start", dialect: NAME, wire: block, ...place });
  }
}

/** Deltas of a kind that does not fit the block are passed on as they are, where the contract allows them at all. */
function tellDelta(tell: Tell, open: Open, delta: Tagged): void {
  const { kind, choice, part } = open;
  const place = { choice, part };
  if (isSaid(delta.partial_json)) open.hasInput = true;
  const tellKnown = KNOWN_DELTAS.get(`${kind} ${delta.type}`);
  if (tellKnown?.(tell, place, delta) === true || !fitsDelta(delta)) return;
  tell({ type: "opaque-delta", dialect: NAME, wire: delta, ...place });
}

type DeltaTeller = (tell: Tell, place: Place, delta: Wire) => boolean;

const KNOWN_DELTAS: ReadonlyMap<string, DeltaTeller> = new Map<string, DeltaTeller>([
  ["text text_delta", growing("text-delta", "text")],
  ["reasoning thinking_delta", growing("reasoning-delta", "thinking")],
  ["tool-input input_json_delta", growing("tool-input-delta", "partial_json")],
  ["reasoning signature_delta", tellSignature],
  ["text citations_delta", tellCitation],
]);

function growing(type: "text-delta" | "reasoning-delta" | "tool-input-delta", key: string): DeltaTeller {
  return (tell, place, delta) => {
    const text = delta[key];
    if (!isText(text)) return false;
    const rest = fitting(without(delta, "type", key, "citations"), (beside) =>
      fitsDelta({ type: delta.type, [key]: "", ...beside }),
    );
    tell({ type, ...place, text, ...(rest === undefined ? {} : { extra: inBag(rest) }) });
    return true;
  };
}

function tellSignature(tell: Tell, place: Place, delta: Wire): boolean {
  if (!isText(delta.signature)) return false;
  tell({ type: "reasoning-signature", ...place, signature: delta.signature });
  return true;
}

/** A citation joins the list that the whole block has. */
function tellCitation(tell: Tell, place: Place, delta: Wire): boolean {
  if (!fitsDelta(delta)) return false;
  tell({ type: "text-delta", ...place, text: "", extra: inBag({ citations: [delta.citation] }) });
  return true;
}

function inBag(rest: Wire): Extra {
  return { [NAME]: rest };
}
