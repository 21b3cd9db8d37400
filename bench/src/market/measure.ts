/** Measure: one figure as people read it, in the table and in the chart. */
import type { Figures } from "./tally.ts";

export interface Measure {
  readonly title: string;
  readonly unit: string;
  readonly of: (figures: Figures) => number;
  readonly digits: number;
}

export const MEASURES: readonly Measure[] = [
  { title: "answered", unit: "%", digits: 3, of: ({ answered }) => 100 * answered },
  { title: "over oracle", unit: "%", digits: 2, of: ({ cost }) => 100 * (cost - 1) },
  { title: "SLA kept", unit: "%", digits: 2, of: ({ inTime }) => 100 * inTime },
  { title: "cache hits", unit: "%", digits: 1, of: ({ cacheHits }) => 100 * cacheHits },
  { title: "fairness", unit: "", digits: 3, of: ({ fairness }) => fairness },
  { title: "attempts", unit: "", digits: 3, of: ({ attempts }) => attempts },
  { title: "TTFT p50", unit: "s", digits: 2, of: ({ firstTokenMs }) => firstTokenMs.p50 / 1_000 },
  { title: "TTFT p99", unit: "s", digits: 2, of: ({ firstTokenMs }) => firstTokenMs.p99 / 1_000 },
];

/** Cut, not rounded: 99.9996 is not 100. A minus is the one that typography knows, and zero has none. */
export function written(value: number, digits: number): string {
  const scale = 10 ** digits;
  const cut = Math.trunc(value * scale + Math.sign(value) * 1e-6) / scale;
  return (cut === 0 ? 0 : cut).toFixed(digits).replace("-", "−");
}
