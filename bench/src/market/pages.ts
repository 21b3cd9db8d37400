/** Pages: the figures as the guide to routing shows them, a table in its text and a chart beside its style sheet. */
import { readFile, writeFile } from "node:fs/promises";
import { chartOf } from "./chart.ts";
import type { Settings } from "./settings.ts";
import { tableOf } from "./table.ts";
import type { Figures } from "./tally.ts";

const DOCS = new URL("../../../apps/docs/", import.meta.url);
const GUIDE = new URL("guides/routing.md", DOCS);
const CHART = new URL("assets/routing.svg", DOCS);

const SHORT_NAMES = { "round robin near the lowest ask": "round robin, cheap" };

export async function writePages(all: ReadonlyMap<string, Figures>, settings: Settings): Promise<void> {
  await writeFile(CHART, chartIn(all, settings));
  await writeFile(GUIDE, withTable(await readFile(GUIDE, "utf8"), tableOf(all)));
}

export function chartIn(all: ReadonlyMap<string, Figures>, settings: Settings): string {
  const [requests, suppliers] = [settings.requests, settings.suppliers].map((count) => count.toLocaleString("en"));
  return chartOf(all, {
    title: "Six ways to choose a supplier",
    lead: `The same ${requests} requests at the same ${suppliers} suppliers, of which ${100 * settings.failing} % fail at any time`,
    ours: "ours",
    shortNames: SHORT_NAMES,
  });
}

/** Between the two comments that say where it stands. Throws when they are not there. */
export function withTable(guide: string, table: string): string {
  const [before, rest] = guide.split(BEGIN);
  const [, after] = rest?.split(END) ?? [];
  if (before === undefined || after === undefined) throw new Error("the guide does not say where the table stands");
  return `${before}${BEGIN}\n\n${table}\n\n${END}${after}`;
}

const BEGIN = "<!-- figures of the market -->";
const END = "<!-- end of the figures -->";
