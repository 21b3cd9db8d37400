/** In what a supplier differs from its format: data on its row. What is absent is as the format's vendor has it. */
import type { Effort } from "@interchange/inference";

export interface Quirks {
  // Requests in the Chat Completions format.
  /** `text`: content must be one string; parts are refused. */
  readonly content?: "parts" | "text";
  /** What stands as the content of an assistant turn that only calls tools. */
  readonly emptyContent?: "null" | "empty" | "absent";
  /** False where `developer` is no role: it is then written as `system`. */
  readonly developerRole?: boolean;
  /** False where there may be but one system turn, and only at the start: all are then joined there, in order. */
  readonly laterSystemTurns?: boolean;
  /** Under which name the cap on the answer is understood; the caller's own where absent, else `max_tokens`. */
  readonly outputCap?: "max_tokens" | "max_completion_tokens";
  /** False where `stream_options` is refused. */
  readonly streamOptions?: boolean;
  /** False where `parallel_tool_calls` is refused. It then cannot be asked for one call at a time. */
  readonly parallelToolCalls?: boolean;
  /** Under which name it is told who asks. Absent: the caller's own, or `user` where that was in another format. */
  readonly userId?: "user" | "safety_identifier" | "omit";
  /** Where past thoughts are told to the model; `omit` leaves them out. */
  readonly pastReasoning?: "reasoning_content" | "reasoning" | "omit";
  /** True where the role `tool` may carry pictures and documents; else they follow in a user turn. */
  readonly toolResultMedia?: boolean;
  /** True where parts may carry `cache_control`. */
  readonly cacheControl?: boolean;

  // Requests in the Messages format.
  /** False where turns with the role `system` are refused: those after the first turn are then told by the user. */
  readonly systemTurns?: boolean;
  /** How much thought is asked for: by a budget of tokens, or by an effort. */
  readonly thinking?: "budget" | "adaptive";

  // Requests in either format.
  /**
   * Efforts that are known, from the least; one that is not known is told as the nearest below. `none` (Chat Completions
   * only) is known where it stands here: else thinking cannot be forbidden, and the model may think all the same.
   */
  readonly efforts?: readonly (Effort | "none")[];
  /** The ids that tool calls may have, where they are narrower than the format's. */
  readonly toolIds?: ToolIdRule;
}

export interface ToolIdRule {
  /** Letters and digits alone, or also `_` and `-`. */
  readonly alphabet: "alphanumeric" | "word";
  /** 1 unless said. */
  readonly charsMin?: number;
  readonly charsMax: number;
}

export const NO_QUIRKS: Quirks = {};
