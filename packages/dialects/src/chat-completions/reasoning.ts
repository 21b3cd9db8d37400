/** How much the model is to think: `reasoning_effort`. https://platform.openai.com/docs/guides/reasoning */
import type { Effort, Reasoning, Wish } from "@interchange/inference";
import type { Target } from "../dialect.ts";
import { EFFORTS, nearestEffort } from "../effort.ts";
import { isSaid, type Wire } from "../wire.ts";

/** What every server with this property knows; the others say so on their rows. */
const USUAL: readonly Effort[] = ["minimal", "low", "medium", "high"];

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

/** The wish in this format's words; left out, and said to be, where the supplier's model does not think. */
export function writeReasoning(reasoning: Reasoning | undefined, target: Target): WrittenReasoning {
  if (reasoning === undefined) return { said: {}, leftOut: [] };
  if (!target.features.has("reasoning")) return { said: {}, leftOut: reasoning.mode === "off" ? [] : ["reasoning"] };
  const word = reasoning.mode === "off" ? "none" : effortOf(reasoning, target.quirks.efforts ?? USUAL);
  return { said: isSaid(word) ? { reasoning_effort: word } : {}, leftOut: [] };
}

/** Undefined where it is left to the model. */
function effortOf({ mode, effort, budgetTokens }: Reasoning, known: readonly Effort[]): Effort | undefined {
  const asked = effort ?? (budgetTokens === undefined ? undefined : effortFor(budgetTokens));
  if (asked !== undefined) return nearestEffort(asked, known);
  return mode === "on" ? nearestEffort("medium", known) : undefined;
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
