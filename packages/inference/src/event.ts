/** One step of an answer. Folding all of them gives the answer. */
import type { Extra } from "./extra.ts";
import type { SupplierFailure } from "./failure.ts";
import type { Finish } from "./finish.ts";
import type { Usage } from "./usage.ts";

/** Which answer (`choice`, dense from 0) and which of its parts (`part`, dense from 0 within the choice). */
export interface Place {
  readonly choice: number;
  readonly part: number;
}

export interface StartEvent {
  readonly type: "start";
  readonly id: string;
  readonly model: string;
  readonly createdAtS?: number;
  /** What is known of the input at the start. Later usage overwrites, never adds. */
  readonly usage?: Usage;
  readonly extra?: Extra;
}

type Started = Place & { readonly extra?: Extra };
type Grown = Place & { readonly text: string; readonly extra?: Extra };
type Ended = Place & { readonly extra?: Extra };

export type TextEvent =
  | ({ readonly type: "text-start" } & Started)
  | ({ readonly type: "text-delta" } & Grown)
  | ({ readonly type: "text-end" } & Ended);

export type RefusalEvent =
  | ({ readonly type: "refusal-start" } & Started)
  | ({ readonly type: "refusal-delta" } & Grown)
  | ({ readonly type: "refusal-end" } & Ended);

export type ReasoningEvent =
  | ({ readonly type: "reasoning-start"; readonly redacted?: string } & Started)
  | ({ readonly type: "reasoning-delta" } & Grown)
  | ({ readonly type: "reasoning-signature"; readonly signature: string } & Place)
  | ({ readonly type: "reasoning-end" } & Ended);

export type ToolInputEvent =
  | ({ readonly type: "tool-input-start"; readonly callId: string; readonly name: string } & Started)
  | ({ readonly type: "tool-input-delta" } & Grown)
  | ({ readonly type: "tool-input-end" } & Ended);

/** A part that only one dialect knows: its wire form at the start and each wire step after. */
export type OpaqueEvent =
  | ({ readonly type: "opaque-start"; readonly dialect: string; readonly wire: unknown } & Place)
  | ({ readonly type: "opaque-delta"; readonly dialect: string; readonly wire: unknown } & Place)
  | ({ readonly type: "opaque-end"; readonly dialect: string } & Place);

/** What came beside the parts and has no word: it belongs to a choice, or to the answer when no choice is named. */
export interface ExtraEvent {
  readonly type: "extra";
  readonly choice?: number;
  readonly extra: Extra;
}

/** A choice has ended. */
export interface FinishEvent {
  readonly type: "finish";
  readonly choice: number;
  readonly finish: Finish;
  readonly extra?: Extra;
}

/** Totals so far: each replaces the one before. */
export interface UsageEvent {
  readonly type: "usage";
  readonly usage: Usage;
}

export interface PingEvent {
  readonly type: "ping";
}

/** The stream broke after it had begun; nothing follows. */
export interface ErrorEvent {
  readonly type: "error";
  readonly failure: SupplierFailure;
}

/** The supplier said that the stream is complete; nothing follows. */
export interface EndEvent {
  readonly type: "end";
}

export type InferenceEvent =
  | StartEvent
  | TextEvent
  | RefusalEvent
  | ReasoningEvent
  | ToolInputEvent
  | OpaqueEvent
  | ExtraEvent
  | FinishEvent
  | UsageEvent
  | PingEvent
  | ErrorEvent
  | EndEvent;
