/** What crosses from one format to the other: every whole answer and every stream that we have of the first. */
import { type Choice, type Finish, fold, type InferenceAnswer, isFailure, type Part } from "@interchange/inference";
import { type Json, situations } from "./situation.ts";
import { bytesOf, read, readPieces, type Subject, wire, write } from "./subject.ts";
import { transcripts } from "./transcripts.ts";

export interface Crossing {
  readonly name: string;
  readonly stream?: Buffer;
  readonly answer?: InferenceAnswer;
}

/** Those of the contract's examples, and those that were recorded. */
export function crossings(from: Subject): readonly Crossing[] {
  const examples = situations(from.dialect.name).map(({ name, answer, events }) => ({
    name: `${name} (example)`,
    ...(events === undefined ? {} : { stream: bytesOf(from, events) }),
    ...(answer === undefined ? {} : { answer: read(from.dialect, answer) }),
  }));
  const recorded = transcripts(from.dialect.name).map(({ name, stream, whole }) => {
    const answer = whole?.status === 200 ? from.dialect.supplier.readAnswer(JSON.parse(whole.text)) : undefined;
    return {
      name,
      ...(stream === undefined ? {} : { stream }),
      ...(answer === undefined || isFailure(answer) ? {} : { answer }),
    };
  });
  return [...examples, ...recorded].filter(({ stream, answer }) => (stream ?? answer) !== undefined);
}

/** The events of the one format's stream, told in the other. */
export function tell(from: Subject, to: Subject, pieces: readonly Uint8Array[]): readonly Json[] {
  return wire(write(to, readPieces(from, pieces)));
}

/** What a told stream folds to, read by its own format. */
export function heard(to: Subject, events: readonly Json[]): ReturnType<typeof fold> {
  return fold(readPieces(to, [bytesOf(to, events)]));
}

/** What a told answer says, read by its own format. */
export function heardWhole(to: Subject, answer: InferenceAnswer): InferenceAnswer {
  return read(to.dialect, wire(to.dialect.surface.writeAnswer(answer)) as Json);
}

/**
 * What no crossing may lose. It merges: texts into one, and refusals with them where a format tells them as text;
 * thoughts into one; words of finish that the other format does not have.
 */
export function gist({ model, choices, usage }: InferenceAnswer): unknown {
  const [{ content, finish } = { content: [], finish: undefined }] = choices;
  return {
    model,
    ...saidAndDeclined(content, finish),
    thought: joined(content, ["reasoning"]),
    calls: content.flatMap((part) => (part.type === "tool-call" ? [callOf(part)] : [])),
    finish: finishOf(finish, content),
    input: usage.input + usage.cacheWrite5m + usage.cacheWrite1h,
    cacheRead: usage.cacheRead,
    output: usage.output,
  };
}

/** One format declines in a text, and says so again beside the finish; the other in a place of its own. */
function saidAndDeclined(content: readonly Part[], finish: Finish | undefined): Json {
  const declined = joined(content, ["refusal"]) || (finish?.explanation ?? "");
  const text = joined(content, ["text", "refusal"]);
  return { declined, text: text.endsWith(declined) ? text.slice(0, text.length - declined.length) : text };
}

/** An answer that calls tools has ended for them, whatever its supplier said. */
function finishOf(finish: Finish | undefined, content: readonly Part[]): string | undefined {
  const reason = MERGED[finish?.reason ?? ""] ?? finish?.reason;
  return reason === "stop" && content.some((part) => part.type === "tool-call") ? "tool-use" : reason;
}

const MERGED: Readonly<Record<string, string>> = {
  "stop-sequence": "stop",
  "context-length": "length",
  pause: "stop",
  unknown: "stop",
};

function joined(parts: readonly Part[], types: readonly Part["type"][]): string {
  return parts.flatMap((part) => (types.includes(part.type) && "text" in part ? [part.text] : [])).join("");
}

/** Spaces of JSON apart; what is cut short stays as it is, or becomes what the other format can say of it. */
function callOf({ callId, name, input }: Extract<Part, { type: "tool-call" }>): unknown {
  try {
    return { callId, name, input: JSON.parse(input === "" ? "{}" : input) };
  } catch {
    return { callId, name };
  }
}

/** A format that has one place for each kind of part does not say in which order they came, nor in how many pieces. */
export function regrouped(answer: InferenceAnswer): InferenceAnswer {
  const choices = answer.choices.map((choice) => ({
    ...choice,
    content: KINDS.flatMap((kind) => ofKind(choice, kind)),
  }));
  return { ...answer, choices };
}

const KINDS = ["reasoning", "text", "refusal", "tool-call", "opaque"] as const;

function ofKind({ content }: Choice, kind: Part["type"]): readonly Part[] {
  const parts = content.filter((part) => part.type === kind);
  return kind === "text" && parts.length > 0 ? [{ type: "text", text: joined(parts, ["text"]) }] : parts;
}
