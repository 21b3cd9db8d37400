/** How much the model is to think: `reasoning_effort`. https://platform.openai.com/docs/guides/reasoning */
import type { Effort, Reasoning, Wish } from "@interchange/inference";
import type { Target } from "../dialect.ts";
import { EFFORTS, nearestEffort } from "../effort.ts";
import type { Wire } from "../wire.ts";

/** What every server with this property knows; what others know besides, `none` among it, stands on their rows. */
const USUAL: Efforts = ["minimal", "low", "medium", "high"];

type Efforts = NonNullable<Target["quirks"]["efforts"]>;

/** Null, and words that are unknown, leave it to the model. */
export function readReasoning(word: unknown): Reasoning | undefined {
  if (word === "none") return { mode: "off" };
  const effort = EFFORTS.find((known) => known === word);
  return effort === undefined ? undefined : { mode: "on", effort };
}

export interface WrittenReasoning {
  readonly said: Wire;
  readonly leftOut: readonly Wish[];
}

const NOTHING: WrittenReasoning = { said: {}, leftOut: [] };
const LEFT_OUT: WrittenReasoning = { said: {}, leftOut: ["reasoning"] };

/**
 * The wish in this format's words; left out, and said to be, where the supplier has no word for it. A model that does not
 * think does not have to be told not to.
 */
export function writeReasoning(reasoning: Reasoning | undefined, target: Target): WrittenReasoning {
  if (reasoning === undefined) return NOTHING;
  const { mode, isTakenBack } = reasoning;
  if (!target.features.has("reasoning")) return mode === "off" && !isTakenBack ? NOTHING : LEFT_OUT;
  const known = target.quirks.efforts ?? USUAL;
  const asked = askedOf(reasoning);
  if (asked === undefined) return NOTHING;
  const word = asked === "none" ? known.find((one) => one === asked) : nearestEffort(asked, known);
  return word === undefined
    ? LEFT_OUT
    : { said: { reasoning_effort: word }, leftOut: isTakenBack ? ["reasoning"] : [] };
}

/** Undefined where it is left to the model. */
function askedOf({ mode, effort, budgetTokens }: Reasoning): Effort | "none" | undefined {
  if (mode === "off") return "none";
  const asked = effort ?? (budgetTokens === undefined ? undefined : effortFor(budgetTokens));
  return asked ?? (mode === "on" ? "medium" : undefined);
}

/** The most tokens of thought that go with an effort. */
const BUDGETS: readonly (readonly [Effort, tokensMax: number])[] = [
  ["low", 2_048],
  ["medium", 8_192],
  ["high", 24_576],
  ["xhigh", 49_152],
];

function effortFor(budgetTokens: number): Effort {
  return BUDGETS.find(([, tokensMax]) => budgetTokens <= tokensMax)?.[0] ?? "max";
}
