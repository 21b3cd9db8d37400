/** Counts what one answer used: as the supplier reports it, else by what was delivered. */
import { type InferenceEvent, totalTokens, type Usage } from "@interchange/inference";

export interface Meter {
  note(event: InferenceEvent): void;
  /** The supplier's own numbers when it gave any; of an answer that was cut, what was delivered so far. */
  usage(): Usage;
}

/** About as many bytes of English text as one token has. */
const BYTES_PER_TOKEN = 4;

/** `inputTokens` is the estimate that the hold was made with, for suppliers that report nothing. */
export function createMeter(inputTokens: number): Meter {
  let reported: Usage | undefined;
  let delivered = 0;
  return {
    note(event) {
      if ((event.type === "start" || event.type === "usage") && event.usage !== undefined) reported = event.usage;
      else if (GROWS.has(event.type)) delivered += Buffer.byteLength((event as { text: string }).text);
    },
    usage: () => atLeast(reported, estimate(inputTokens, delivered)),
  };
}

const GROWS: ReadonlySet<InferenceEvent["type"]> = new Set([
  "text-delta",
  "refusal-delta",
  "reasoning-delta",
  "tool-input-delta",
]);

function estimate(inputTokens: number, bytes: number): Usage {
  return {
    input: inputTokens,
    cacheRead: 0,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    output: Math.ceil(bytes / BYTES_PER_TOKEN),
    estimated: true,
  };
}

/**
 * Some suppliers tell the input at the start and the output only at the end. Of a stream that was cut in between, the
 * input is theirs and the output is counted.
 */
function atLeast(reported: Usage | undefined, counted: Usage): Usage {
  if (reported === undefined || totalTokens(reported) === 0) return counted;
  return reported.output > 0 ? reported : { ...reported, output: counted.output, estimated: true };
}

/** The usage of a whole answer; an answer without any is counted by its bytes. */
export function usageOfAnswer(reported: Usage, inputTokens: number, bytes: number): Usage {
  return atLeast(reported, estimate(inputTokens, bytes));
}
