/** Events in, the answer out: what a stream tells in steps is the same as what a whole answer tells at once. */
import type { Choice, InferenceAnswer } from "./answer.ts";
import type { InferenceEvent, StartEvent } from "./event.ts";
import { type Extra, joinExtra } from "./extra.ts";
import type { SupplierFailure } from "./failure.ts";
import type { Finish } from "./finish.ts";
import type { Part } from "./part.ts";
import { NO_USAGE, type Usage } from "./usage.ts";

export interface Folder {
  add(event: InferenceEvent): void;
  /** What all events make, the failure when they ended in an error. A choice without a finish has the reason `unknown`. */
  answer(): InferenceAnswer | SupplierFailure;
}

/** Folds a stream that is over. */
export function fold(events: Iterable<InferenceEvent>): InferenceAnswer | SupplierFailure {
  const folding = folder();
  for (const event of events) folding.add(event);
  return folding.answer();
}

/** A fresh folder for one stream. */
export function folder(): Folder {
  const draft: Draft = { start: NO_START, usage: NO_USAGE, choices: [], extra: undefined, failure: undefined };
  return {
    add: (event) => add(draft, event),
    answer: () => draft.failure ?? answerOf(draft),
  };
}

interface Draft {
  start: StartEvent;
  usage: Usage;
  readonly choices: (ChoiceDraft | undefined)[];
  extra: Extra | undefined;
  failure: SupplierFailure | undefined;
}

interface ChoiceDraft {
  readonly parts: (PartDraft | undefined)[];
  finish: Finish;
  extra: Extra | undefined;
}

type PartDraft = Writable<Part>;
type Writable<T> = T extends unknown ? { -readonly [K in keyof T]: T[K] } : never;

type EventOf<K extends InferenceEvent["type"]> = Extract<InferenceEvent, { type: K }>;
type Steps = { readonly [K in InferenceEvent["type"]]: (draft: Draft, event: EventOf<K>) => void };

const NO_START: StartEvent = { type: "start", id: "", model: "" };
const NO_FINISH: Finish = { reason: "unknown", raw: null };

const STEPS: Steps = {
  start: (draft, event) => {
    draft.start = event;
    draft.usage = event.usage ?? draft.usage;
    draft.extra = joinExtra(draft.extra, event.extra);
  },
  "text-start": (draft, event) => begin(draft, event, { type: "text", text: "" }),
  "text-delta": grow,
  "text-end": close,
  "refusal-start": (draft, event) => begin(draft, event, { type: "refusal", text: "" }),
  "refusal-delta": grow,
  "refusal-end": close,
  "reasoning-start": (draft, event) =>
    begin(draft, event, {
      type: "reasoning",
      text: "",
      ...(event.redacted === undefined ? {} : { redacted: event.redacted }),
    }),
  "reasoning-delta": grow,
  "reasoning-signature": (draft, event) => {
    const part = partOf(draft, event);
    if (part?.type === "reasoning") part.signature = event.signature;
  },
  "reasoning-end": close,
  "tool-input-start": (draft, event) =>
    begin(draft, event, { type: "tool-call", callId: event.callId, name: event.name, input: "" }),
  "tool-input-delta": grow,
  "tool-input-end": close,
  "opaque-start": (draft, event) => begin(draft, event, { type: "opaque", dialect: event.dialect, wire: event.wire }),
  "opaque-delta": (draft, event) => {
    const part = partOf(draft, event);
    if (part?.type === "opaque") part.deltas = grown(part.deltas, event.wire);
  },
  "opaque-end": () => {},
  extra: (draft, event) => {
    const owner = event.choice === undefined ? draft : choiceOf(draft, event.choice);
    owner.extra = joinExtra(owner.extra, event.extra);
  },
  finish: (draft, event) => {
    const choice = choiceOf(draft, event.choice);
    choice.finish = event.finish;
    choice.extra = joinExtra(choice.extra, event.extra);
  },
  usage: (draft, event) => {
    draft.usage = event.usage;
  },
  ping: () => {},
  error: (draft, event) => {
    draft.failure = event.failure;
  },
  end: () => {},
};

function add(draft: Draft, event: InferenceEvent): void {
  const step = STEPS[event.type] as (draft: Draft, event: InferenceEvent) => void;
  step(draft, event);
}

interface At {
  readonly choice: number;
  readonly part: number;
  readonly extra?: Extra;
}

function choiceOf(draft: Draft, index: number): ChoiceDraft {
  draft.choices[index] ??= { parts: [], finish: NO_FINISH, extra: undefined };
  return draft.choices[index];
}

function partOf(draft: Draft, at: At): PartDraft | undefined {
  return choiceOf(draft, at.choice).parts[at.part];
}

function begin(draft: Draft, at: At, part: PartDraft): void {
  choiceOf(draft, at.choice).parts[at.part] = part;
  keepExtra(part, at.extra);
}

function grow(draft: Draft, event: At & { readonly text: string }): void {
  const part = partOf(draft, event);
  if (part === undefined || part.type === "opaque") return;
  if ("text" in part) part.text += event.text;
  if ("input" in part) part.input += event.text;
  keepExtra(part, event.extra);
}

/** The list is the draft's own, so it may grow in place. */
function grown(deltas: readonly unknown[] | undefined, wire: unknown): readonly unknown[] {
  if (deltas === undefined) return [wire];
  (deltas as unknown[]).push(wire);
  return deltas;
}

function close(draft: Draft, at: At): void {
  const part = partOf(draft, at);
  if (part !== undefined) keepExtra(part, at.extra);
}

function keepExtra(part: PartDraft, extra: Extra | undefined): void {
  if (extra === undefined || part.type === "opaque") return;
  const joined = joinExtra(part.extra, extra);
  if (joined !== undefined) part.extra = joined;
}

function answerOf(draft: Draft): InferenceAnswer {
  const { id, model, createdAtS } = draft.start;
  return {
    id,
    model,
    ...(createdAtS === undefined ? {} : { createdAtS }),
    choices: Array.from(draft.choices, (choice, index) => choiceDone(choice, index)),
    usage: draft.usage,
    ...(draft.extra === undefined ? {} : { extra: draft.extra }),
  };
}

function choiceDone(choice: ChoiceDraft | undefined, index: number): Choice {
  if (choice === undefined) return { index, content: [], finish: NO_FINISH };
  const content = choice.parts.filter((part) => part !== undefined).map((part) => ({ ...part }));
  const extra = choice.extra === undefined ? {} : { extra: choice.extra };
  return { index, content, finish: choice.finish, ...extra };
}
