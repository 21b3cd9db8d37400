/** Counts what one answer used: as the supplier reports it, else by what was delivered. */
import {
  type InferenceAnswer,
  type InferenceEvent,
  inputTokens,
  NO_USAGE,
  type Part,
  totalTokens,
  type Usage,
} from "@interchange/inference";

export interface Meter {
  note(event: InferenceEvent): void;
  /** The supplier's own numbers as far as they reach, and what was delivered since: without bytes that were never told. */
  usage(untoldBytes?: number): Usage;
  /** Whether a token of output was told. */
  hasDelivered(): boolean;
  /** When the first was, by the clock; undefined while none is. */
  firstTokenAtMs(): number | undefined;
}

/** About as many bytes of English text as one token has. */
const BYTES_PER_TOKEN = 4;

/** `inputEstimate` is the one that the hold was made with, in tokens, for suppliers that report nothing. */
export function createMeter(inputEstimate: number, clock: () => number): Meter {
  let reported = NO_USAGE;
  let unreportedBytes = 0;
  let firstTokenAtMs: number | undefined;
  return {
    note(event) {
      if (event.type === "start" && event.usage !== undefined) reported = readStart(event.usage);
      else if (event.type === "usage" && totalTokens(event.usage) > 0) {
        reported = event.usage;
        if (event.usage.output > 0) unreportedBytes = 0;
      } else {
        const bytes = bytesOfEvent(event);
        unreportedBytes += bytes;
        if (firstTokenAtMs === undefined && bytes > 0) firstTokenAtMs = clock();
      }
    },
    usage: (untoldBytes = 0) => withUnreported(reported, inputEstimate, Math.max(unreportedBytes - untoldBytes, 0)),
    hasDelivered: () => firstTokenAtMs !== undefined,
    firstTokenAtMs: () => firstTokenAtMs,
  };
}

/** Of the output a start can know nothing: what it says there only fills the place. */
function readStart(usage: Usage): Usage {
  return { ...usage, output: 0 };
}

/** The usage of a whole answer. */
export function usageOfAnswer(answer: InferenceAnswer, inputEstimate: number): Usage {
  const { usage } = answer;
  if (usage.output > 0) return withUnreported(usage, inputEstimate, 0);
  const bytes = answer.choices.flatMap((choice) => choice.content).reduce((sum, part) => sum + bytesOfPart(part), 0);
  return withUnreported(usage, inputEstimate, bytes);
}

/** No request is without input, so that none reported is one that was not. The supplier's own record does not say what we add. */
function withUnreported(reported: Usage, inputEstimate: number, bytes: number): Usage {
  const isInputReported = inputTokens(reported) > 0;
  if (isInputReported && bytes === 0) return reported;
  const { raw: _, ...base } = reported;
  return {
    ...base,
    input: isInputReported ? base.input : inputEstimate,
    output: base.output + Math.ceil(bytes / BYTES_PER_TOKEN),
    estimated: true,
  };
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
