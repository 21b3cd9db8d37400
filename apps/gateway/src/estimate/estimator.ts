/** How many tokens a request may come to before anything has run, learned per instrument from what was settled. */
import { inputTokens, type Usage } from "@interchange/inference";
import type { Noted } from "../notes.ts";
import { type Rate, readRate, taught, UNLEARNED } from "./rate.ts";
import type { Weight } from "./weight.ts";

export interface Estimator {
  /** Input tokens, rather too many than too few. */
  estimate(instrument: string, weight: Weight): number;
  /** Learns from a prompt that was all text. What we counted ourselves teaches nothing. */
  learn(instrument: string, textBytes: number, usage: Usage): void;
  readonly noted: Noted;
}

/** Instruments are few, and nobody but the operator can add to them. */
export function createEstimator(): Estimator {
  const rates = new Map<string, Rate>();
  let revision = 0;
  const rateOf = (instrument: string): Rate => rates.get(instrument) ?? UNLEARNED;
  return {
    estimate: (instrument, { textBytes, mediaTokens }) =>
      Math.ceil(textBytes / rateOf(instrument).bytesPerToken) + mediaTokens,
    learn(instrument, textBytes, usage) {
      if (usage.estimated === true) return;
      const before = rateOf(instrument);
      const after = taught(before, { textBytes, inputTokens: inputTokens(usage) });
      if (after === before) return;
      rates.set(instrument, after);
      revision += 1;
    },
    noted: {
      name: "estimates",
      revision: () => revision,
      write: () => Object.fromEntries(rates),
      read(document) {
        for (const [instrument, kept] of Object.entries(document)) {
          const rate = readRate(kept);
          if (rate !== undefined) rates.set(instrument, rate);
        }
      },
    },
  };
}
