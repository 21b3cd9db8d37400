/** Table: the figures of each policy as a row of Markdown. */
import { MEASURES, written } from "./measure.ts";
import type { Figures } from "./tally.ts";

export function tableOf(all: ReadonlyMap<string, Figures>): string {
  const rows = [...all].map(([name, figures]) => [
    name,
    ...MEASURES.map(({ of, digits }) => written(of(figures), digits)),
  ]);
  return [
    row(["policy", ...MEASURES.map(({ title, unit }) => `${title} ${unit}`.trim())]),
    row(["---", ...MEASURES.map(() => "---:")]),
    ...rows.map(row),
  ].join("\n");
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
