/** Counts what one answer used: as the supplier reports it, else by what was delivered. */
import {
  type InferenceAnswer,
  type InferenceEvent,
  NO_USAGE,
  type Part,
  totalTokens,
  type Usage,
} from "@interchange/inference";

export interface Meter {
  note(event: InferenceEvent): void;
  /** The supplier's own numbers as far as they reach, and what was delivered since. */
  usage(): Usage;
}

/** About as many bytes of English text as one token has. */
const BYTES_PER_TOKEN = 4;

/** `inputTokens` is the estimate that the hold was made with, for suppliers that report nothing. */
export function createMeter(inputTokens: number): Meter {
  let reported: Usage | undefined;
  let unreportedBytes = 0;
  return {
    note(event) {
      if (event.type === "start" && event.usage !== undefined) reported = readStart(event.usage);
      else if (event.type === "usage" && totalTokens(event.usage) > 0) {
        reported = event.usage;
        if (event.usage.output > 0) unreportedBytes = 0;
      } else unreportedBytes += bytesOfEvent(event);
    },
    usage: () => withUnreported(reported, inputTokens, unreportedBytes),
  };
}

/** Of the output a start can know nothing: what it says there only fills the place. */
function readStart(usage: Usage): Usage | undefined {
  return totalTokens(usage) === 0 ? undefined : { ...usage, output: 0 };
}

/** The usage of a whole answer. */
export function usageOfAnswer(answer: InferenceAnswer, inputTokens: number): Usage {
  const { usage } = answer;
  if (usage.output > 0) return usage;
  const bytes = answer.choices.flatMap((choice) => choice.content).reduce((sum, part) => sum + bytesOfPart(part), 0);
  return withUnreported(totalTokens(usage) === 0 ? undefined : usage, inputTokens, bytes);
}

function withUnreported(reported: Usage | undefined, inputTokens: number, bytes: number): Usage {
  if (reported !== undefined && bytes === 0) return reported;
  const base = reported ?? { ...NO_USAGE, input: inputTokens };
  return { ...base, output: base.output + Math.ceil(bytes / BYTES_PER_TOKEN), estimated: true };
}

const GROWS: ReadonlySet<InferenceEvent["type"]> = new Set([
  "text-delta",
  "refusal-delta",
  "reasoning-delta",
  "tool-input-delta",
]);

function bytesOfEvent(event: InferenceEvent): number {
  return GROWS.has(event.type) ? Buffer.byteLength((event as { text: string }).text) : 0;
}

function bytesOfPart(part: Part): number {
  switch (part.type) {
    case "text":
    case "refusal":
    case "reasoning":
      return Buffer.byteLength(part.text);
    case "tool-call":
      return Buffer.byteLength(part.input);
    default:
      return 0;
  }
}
