/** What the simulated model answers, before either wire format has said it. */

/** Why an answer ended; each format has its own word for each. */
export type Finish = "end" | "length" | "stop-sequence" | "tools" | "refusal";

export type ToolCall = {
  readonly name: string;
  /** The arguments as JSON text (or a custom tool's free text); cut short when the token limit fell inside them. */
  readonly input: string;
  /** A tool that takes free text in place of JSON (Chat Completions only). */
  readonly custom: boolean;
};

export type Choice = {
  /** Absent: no reasoning shown. Empty: it happened, but only its signature is shown. */
  readonly thinking?: string;
  readonly text: string;
  readonly refusal?: string;
  readonly calls: readonly ToolCall[];
  /** Absent only under the fault `no-finish`. */
  readonly finish?: Finish;
  /** The vendor's word to say in place of the one that belongs to `finish`. */
  readonly finishWord?: string;
  /** The stop sequence that was met. */
  readonly stopSequence?: string;
};

/** Tokens. `input` includes cache reads and writes, `output` includes reasoning. */
export type Usage = {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
  readonly reasoning: number;
};

export type Answer = {
  readonly choices: readonly Choice[];
  /** Absent only under the fault `no-usage`. */
  readonly usage?: Usage;
};
