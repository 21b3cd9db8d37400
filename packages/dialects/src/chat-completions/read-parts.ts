/** Deltas of one choice of a supplier's stream as parts that are dense from 0. */
import type { Extra, Place, ReasoningPart } from "@interchange/inference";
import type { Tell } from "../event-reader.ts";
import { fitting } from "../fitting.ts";
import { ThoughtText } from "../thought-text.ts";
import { extraOf, isNumber, isSaid, isWire, saidBeside, type Wire, without } from "../wire.ts";
import { fitsCallDelta, fitsDelta } from "./fit.ts";
import { NAME } from "./name.ts";
import type { PIECES } from "./opaque.ts";
import { readArguments } from "./tool.ts";

type Kind = "text" | "reasoning" | "refusal";
type Extras = { readonly extra?: Extra };

interface Call {
  readonly part: number;
  readonly opaque: boolean;
  readonly id: string | undefined;
  /** Whether any of its arguments have been told. */
  begun: boolean;
}

export class PartReader {
  readonly #tell: Tell;
  readonly #choice: number;
  #text: { readonly kind: Kind; readonly part: number } | undefined;
  readonly #calls: Call[] = [];
  /** The first that has the id, and the latest that has the index. */
  readonly #byId = new Map<string, Call>();
  readonly #byIndex = new Map<unknown, Call>();
  readonly #pieces = new Map<string, number>();
  readonly #said = new Set<Kind>();
  /** The thought that is open, as far as it was told beside pieces. */
  #thought = new ThoughtText();
  /** Whether the thought that is open has been proved, so that another begins after it. */
  #proved = false;
  #next = 0;

  constructor(tell: Tell, choice: number) {
    this.#tell = tell;
    this.#choice = choice;
  }

  get callsTools(): boolean {
    return this.#calls.length > 0;
  }

  /** A text of another kind ends the one before. */
  grow(kind: Kind, text: string, extra: Extras): void {
    if (this.#text?.kind !== kind || this.#proved) this.#startText(kind, {});
    const part = this.#text?.part ?? 0;
    this.#said.add(kind);
    if (kind === "reasoning") this.keepThought(text);
    this.#tell({ type: `${kind}-delta`, choice: this.#choice, part, text, ...extra });
  }

  /** More of the thought that is open was told. */
  keepThought(text: string): void {
    this.#thought.grow(text);
  }

  /** Whether a text of that kind has been told. */
  hasSaid(kind: Kind): boolean {
    return this.#said.has(kind);
  }

  /**
   * A piece of a thought. It may bring the text that was told already together with what proves it. Whether there was a
   * text that has taken the bag along.
   */
  think({ text, signature, redacted, extra }: ReasoningPart, bag: Extras): boolean {
    const kept = extra === undefined ? {} : { extra };
    if (redacted !== undefined) this.#hide(redacted, kept);
    else if (this.#text?.kind !== "reasoning" || this.#proved) this.#startText("reasoning", kept);
    const isNew = text !== "" && !this.#thought.is(text);
    if (isNew) this.grow("reasoning", text, bag);
    if (signature !== undefined) this.#prove(signature);
    return isNew;
  }

  #prove(signature: string): void {
    this.#tell({ type: "reasoning-signature", ...this.#at(this.#text?.part ?? 0), signature });
    this.#proved = true;
  }

  #hide(redacted: string, kept: Extras): void {
    this.#endText();
    const place = this.#at(this.#next++);
    this.#tell({ type: "reasoning-start", ...place, redacted, ...kept });
    this.#tell({ type: "reasoning-end", ...place });
  }

  /** A call that is told whole, after its deltas or in place of them: only what is still missing is told. */
  whole(wire: Wire): void {
    const known = this.#find(wire);
    if (known === undefined || !known.begun) this.call(wire);
  }

  call(wire: Wire): void {
    const known = this.#find(wire);
    const call = known ?? this.#startCall(wire);
    if (call.opaque) return this.#growOpaque(call, known !== undefined, wire);
    const inner = isWire(wire.function) ? wire.function : {};
    const text = readArguments(inner.arguments);
    if (text === "") return;
    call.begun = true;
    const extra = known === undefined ? {} : callExtra(wire);
    this.#tell({ type: "tool-input-delta", ...this.#at(call.part), text, ...extra });
  }

  piece(key: (typeof PIECES)[number], said: Wire): void {
    const value = fitting(said, (rest) => fitsDelta({ [key]: rest })) ?? {};
    const part = this.#pieces.get(key);
    if (part !== undefined) return this.#tellOpaque("opaque-delta", part, { [key]: value });
    this.#pieces.set(key, this.#next);
    this.#tellOpaque("opaque-start", this.#next++, { [key]: value });
  }

  /** Calls may be told in turns, so that they end only now. */
  endAll(): void {
    this.#endText();
    for (const { part, opaque } of this.#calls) {
      if (opaque) this.#tell({ type: "opaque-end", dialect: NAME, ...this.#at(part) });
      else this.#tell({ type: "tool-input-end", ...this.#at(part) });
    }
    for (const part of this.#pieces.values()) this.#tell({ type: "opaque-end", dialect: NAME, ...this.#at(part) });
  }

  #at(part: number): Place {
    return { choice: this.#choice, part };
  }

  #startText(kind: Kind, kept: Extras): void {
    this.#endText();
    this.#text = { kind, part: this.#next++ };
    this.#tell({ type: `${kind}-start`, ...this.#at(this.#text.part), ...kept });
  }

  #endText(): void {
    if (this.#text !== undefined) this.#tell({ type: `${this.#text.kind}-end`, ...this.#at(this.#text.part) });
    this.#text = undefined;
    this.#thought = new ThoughtText();
    this.#proved = false;
  }

  /** By index; where that is missing or used again, by id; where both are missing, the latest, unless a name begins another. */
  #find(wire: Wire): Call | undefined {
    const id = isSaid(wire.id) ? wire.id : undefined;
    const byId = id === undefined ? undefined : this.#byId.get(id);
    if (!isNumber(wire.index)) return id !== undefined || nameOf(wire) !== "" ? byId : this.#calls.at(-1);
    const found = this.#byIndex.get(wire.index);
    return found === undefined || id === undefined || id === found.id ? found : byId;
  }

  #startCall(wire: Wire): Call {
    this.#endText();
    const id = isSaid(wire.id) ? wire.id : undefined;
    const opaque = wire.type === "custom" || isWire(wire.custom);
    const call: Call = { part: this.#next++, opaque, id, begun: false };
    this.#calls.push(call);
    this.#byIndex.set(wire.index, call);
    if (id !== undefined && !this.#byId.has(id)) this.#byId.set(id, call);
    const head = { callId: id ?? "", name: nameOf(wire) };
    if (!opaque) this.#tell({ type: "tool-input-start", ...this.#at(call.part), ...head, ...callExtra(wire) });
    return call;
  }

  #growOpaque(call: Call, known: boolean, wire: Wire): void {
    const piece = { tool_calls: [fitting(without(wire, "index"), fitsCallDelta) ?? {}] };
    this.#tellOpaque(known ? "opaque-delta" : "opaque-start", call.part, piece);
  }

  #tellOpaque(type: "opaque-start" | "opaque-delta", part: number, wire: Wire): void {
    this.#tell({ type, dialect: NAME, wire, ...this.#at(part) });
  }
}

function nameOf({ function: inner }: Wire): string {
  return isWire(inner) && isSaid(inner.name) ? inner.name : "";
}

const FUNCTION: ReadonlySet<string> = new Set(["name", "arguments"]);
const CALL: ReadonlySet<string> = new Set(["index", "id", "type", "function"]);

/** What stands beside a call, and what is left within its function. */
function callExtra(wire: Wire): Extras {
  const within = isWire(wire.function) ? saidBeside(wire.function, FUNCTION) : undefined;
  const inner = fitting(within, (rest) => fitsCallDelta({ function: rest }));
  const beside = fitting(saidBeside(wire, CALL), fitsCallDelta);
  if (inner === undefined && beside === undefined) return {};
  return extraOf(NAME, { ...beside, ...(inner === undefined ? {} : { function: inner }) });
}
