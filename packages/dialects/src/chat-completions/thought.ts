/** Thoughts in pieces: `reasoning_details`, with what proves them to their author. https://openrouter.ai/docs/use-cases/reasoning-tokens */
import type { Extra, Place, ReasoningEvent, ReasoningPart } from "@interchange/inference";
import { ThoughtText } from "../thought-text.ts";
import { extraOf, isSaid, isWire, isWireList, Taker, type Wire, without } from "../wire.ts";
import { NAME } from "./name.ts";

/** Where the bag of a thought keeps what its piece says besides: it tells that there was one. No property has that name. */
export const DETAIL = "reasoning_details[]";

type Reader = (taker: Taker) => ReasoningPart | undefined;

const READERS: ReadonlyMap<unknown, Reader> = new Map<unknown, Reader>([
  ["reasoning.text", readText],
  ["reasoning.summary", readSummary],
  ["reasoning.encrypted", readEncrypted],
]);

/** Whether every piece is of a known form; else all of them are left as they came. */
export function isDetails(value: unknown): value is readonly Wire[] {
  return isWireList(value) && value.length > 0 && value.every((wire) => readDetail(wire) !== undefined);
}

/** The thoughts of pieces that are known. */
export function readDetails(wires: readonly Wire[]): readonly ReasoningPart[] {
  return wires.flatMap((wire) => readDetail(wire) ?? []);
}

function readDetail(wire: Wire): ReasoningPart | undefined {
  const taker = new Taker(wire);
  const part = READERS.get(wire.type)?.(taker);
  return part && { ...part, ...extraOf(NAME, { [DETAIL]: taker.rest() }) };
}

function readText(taker: Taker): ReasoningPart {
  const text = taker.take("text", isSaid) ?? "";
  const signature = taker.take("signature", isSaid);
  return { type: "reasoning", text, ...(signature === undefined ? {} : { signature }) };
}

function readSummary(taker: Taker): ReasoningPart | undefined {
  const text = taker.take("summary", isSaid);
  return text === undefined ? undefined : { type: "reasoning", text };
}

function readEncrypted(taker: Taker): ReasoningPart | undefined {
  const redacted = taker.take("data", isSaid);
  return redacted === undefined ? undefined : { type: "reasoning", text: "", redacted };
}

/** The text of a thought that is told as a part of the content, as Mistral does; undefined for any other part. */
export function textOfThinking({ type, thinking }: Wire): string | undefined {
  if (type !== "thinking" || !isWireList(thinking)) return undefined;
  return thinking.map(({ text }) => (isSaid(text) ? text : "")).join("");
}

/** What a piece said besides; undefined when the thought did not come as one. */
function detailOf(part: { readonly extra?: Extra | undefined }): Wire | undefined {
  const rest = part.extra?.[NAME]?.[DETAIL];
  return isWire(rest) ? rest : undefined;
}

/** The bag without what only pieces have in it; undefined when that was all. */
export function withoutDetail(extra: Extra | undefined): Extra | undefined {
  const bag = extra?.[NAME];
  if (bag === undefined || !Object.hasOwn(bag, DETAIL)) return extra;
  const rest = without(bag, DETAIL);
  return rest === undefined ? undefined : { ...extra, [NAME]: rest };
}

/** Whether the thought came as a piece. */
export function isDetail(part: ReasoningPart): boolean {
  return detailOf(part) !== undefined;
}

/** Pieces, where there is more to say than the text; undefined where the text is all. */
export function writeDetails(parts: readonly ReasoningPart[]): readonly Wire[] | undefined {
  const needed = parts.some((part) => isDetail(part) || part.signature !== undefined || part.redacted !== undefined);
  return needed ? parts.map((part, index) => writeDetail(detailOf(part) ?? { index }, part)) : undefined;
}

type Thought = Pick<ReasoningPart, "text" | "signature" | "redacted">;

function writeDetail(rest: Wire, { text, signature, redacted }: Thought): Wire {
  if (redacted !== undefined) return { type: "reasoning.encrypted", ...rest, data: redacted };
  const said = text === "" ? {} : { [rest.type === "reasoning.summary" ? "summary" : "text"]: text };
  return { type: "reasoning.text", ...rest, ...said, ...(signature === undefined ? {} : { signature }) };
}

interface Open {
  readonly rest: Wire;
  /** Whether its pieces are told one by one, as they came. */
  readonly own: boolean;
  readonly text: ThoughtText;
}

type EventOf<K extends ReasoningEvent["type"]> = Extract<ReasoningEvent, { type: K }>;

/**
 * The thoughts of one stream. A signature is told together with the whole text that it proves, in one piece; it proves
 * nothing beside a part of it, so that it is not told of a text that is too long to be kept.
 */
export class ThoughtWriter {
  readonly #open = new Map<string, Open>();
  readonly #counts = new Map<number, number>();

  start(event: EventOf<"reasoning-start">): Wire | undefined {
    const index = this.#counts.get(event.choice) ?? 0;
    this.#counts.set(event.choice, index + 1);
    const own = detailOf(event);
    const open = { rest: own ?? { index }, own: own !== undefined, text: new ThoughtText() };
    if (event.redacted !== undefined) return { reasoning_details: [writeDetail(open.rest, { ...event, text: "" })] };
    this.#open.set(keyOf(event), open);
    return undefined;
  }

  grow(event: EventOf<"reasoning-delta">): Wire {
    const open = this.#open.get(keyOf(event));
    if (open?.own) return { reasoning_content: event.text, reasoning_details: [writeDetail(open.rest, event)] };
    open?.text.grow(event.text);
    return { reasoning_content: event.text };
  }

  sign(event: EventOf<"reasoning-signature">): Wire | undefined {
    const open = this.#open.get(keyOf(event));
    const text = open === undefined ? "" : open.text.whole;
    if (event.signature === "" || text === undefined) return undefined;
    return { reasoning_details: [writeDetail(open?.rest ?? {}, { ...event, text })] };
  }

  end(event: EventOf<"reasoning-end">): undefined {
    this.#open.delete(keyOf(event));
  }
}

function keyOf({ choice, part }: Place): string {
  return `${choice} ${part}`;
}
