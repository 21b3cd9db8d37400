/** How much the model is to think: `thinking` and `output_config.effort`. https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking */
import type { Effort, InferenceRequest, Message, Reasoning, Wish } from "@interchange/inference";
import type { Target } from "../dialect.ts";
import { nearestEffort } from "../effort.ts";
import { given, isNumber, isWire, type Wire } from "../wire.ts";

const MODES: ReadonlyMap<unknown, Reasoning["mode"]> = new Map<unknown, Reasoning["mode"]>([
  ["enabled", "on"],
  ["adaptive", "auto"],
  ["between_tools", "auto"],
  ["disabled", "off"],
]);

/** Efforts of the format, from the least. */
const EFFORTS: readonly Effort[] = ["low", "medium", "high", "xhigh", "max"];

/** The wish; undefined when nothing is said of it. An effort alone leaves it to the model whether to think. */
export function readReasoning({ thinking, output_config }: Wire): Reasoning | undefined {
  const said = isWire(thinking) ? thinking : {};
  const mode = MODES.get(said.type);
  const effort = EFFORTS.find((known) => isWire(output_config) && output_config.effort === known);
  if (mode === undefined && effort === undefined) return undefined;
  const budgetTokens = isNumber(said.budget_tokens) ? said.budget_tokens : undefined;
  return given({ mode: mode ?? "auto", effort, budgetTokens });
}

export interface WrittenReasoning {
  readonly thinking?: Wire;
  /** For `output_config`. */
  readonly effort?: Effort;
  readonly leftOut: readonly Wish[];
}

const NOTHING: WrittenReasoning = { leftOut: [] };
const LEFT_OUT: WrittenReasoning = { leftOut: ["reasoning"] };
const OFF: WrittenReasoning = { thinking: { type: "disabled" }, leftOut: [] };

/** The wish of a request that came in another format, as far as the supplier and the rest of the request allow it. */
export function writeReasoning(
  request: InferenceRequest,
  { features, quirks }: Target,
  turns: readonly Message[],
): WrittenReasoning {
  const { reasoning } = request;
  if (reasoning === undefined) return NOTHING;
  if (reasoning.mode === "off") return { ...(features.has("reasoning") ? OFF : NOTHING), ...takenBack(reasoning) };
  if (!features.has("reasoning") || isForbidden(request) || isAnswerBegun(turns)) return LEFT_OUT;
  if (quirks.thinking === "adaptive") return writeAdaptive(reasoning, quirks.efforts ?? EFFORTS);
  const budget = budgetOf(reasoning, request.outputTokensMax);
  if (budget === undefined || hasLostThoughts(turns)) return LEFT_OUT;
  return { thinking: { type: "enabled", budget_tokens: budget }, leftOut: [] };
}

function takenBack({ isTakenBack }: Reasoning): Pick<WrittenReasoning, "leftOut"> {
  return isTakenBack ? LEFT_OUT : NOTHING;
}

function writeAdaptive({ effort }: Reasoning, known: readonly (Effort | "none")[]): WrittenReasoning {
  const told = effort === undefined ? {} : given({ effort: nearestEffort(effort, known) });
  return { thinking: { type: "adaptive" }, ...told, leftOut: [] };
}

/** The share of the answer's cap that an effort may think away, so that the rest of it is left to say something. */
const SHARES: Readonly<Record<Effort, number>> = {
  minimal: 0.1,
  low: 0.2,
  medium: 0.5,
  high: 0.8,
  xhigh: 0.9,
  max: 0.95,
};

/** The vendor takes no less, and advises against more in an answer that somebody waits for. */
const BUDGET_TOKENS_MIN = 1_024;
const BUDGET_TOKENS_MAX = 32_000;

/** Tokens to think: under the cap of the answer, of which they are a part. Undefined when that leaves too few. */
function budgetOf({ effort = "medium", budgetTokens }: Reasoning, cap: number | undefined): number | undefined {
  if (cap === undefined || cap <= BUDGET_TOKENS_MIN) return undefined;
  const wished = budgetTokens ?? Math.min(Math.floor(SHARES[effort] * cap), BUDGET_TOKENS_MAX);
  return Math.min(Math.max(wished, BUDGET_TOKENS_MIN), cap - 1);
}

/** Thinking bears no other temperature than 1, no narrow choice of words, and no tool that must be called. */
function isForbidden({ temperature = 1, topP = 1, topK = 0, toolChoice }: InferenceRequest): boolean {
  return temperature !== 1 || topP < TOP_P_MIN || topK > 0 || toolChoice?.kind === "any" || toolChoice?.kind === "tool";
}

const TOP_P_MIN = 0.95;

/** A model that goes on with words put into its mouth cannot think before them. */
function isAnswerBegun(turns: readonly Message[]): boolean {
  return turns.at(-1)?.role === "assistant";
}

/** While tools are at work the turn that called them must begin with its thoughts, which other formats do not keep. */
function hasLostThoughts(turns: readonly Message[]): boolean {
  const isAtWork = turns.at(-1)?.content.some((part) => part.type === "tool-result") === true;
  const caller = turns.findLast((turn) => turn.role === "assistant");
  return isAtWork && caller?.content[0]?.type !== "reasoning";
}
