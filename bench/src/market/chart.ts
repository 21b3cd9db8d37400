/** Chart: the figures as bars, a panel for each measure; an SVG that is light or dark as the reader's system says. */
import { written } from "./measure.ts";
import type { Figures } from "./tally.ts";

interface Panel {
  readonly title: string;
  /** What stands along the axis. */
  readonly axis: string;
  readonly isLowBetter: boolean;
  readonly of: (figures: Figures) => number;
  readonly digits: number;
  /** Where the axis ends; at the longest bar when absent. */
  readonly end?: number;
}

const PANELS: readonly Panel[] = [
  {
    title: "Not answered",
    axis: "% of requests",
    isLowBetter: true,
    digits: 2,
    of: ({ answered }) => 100 * (1 - answered),
  },
  { title: "Cost", axis: "% above the oracle’s", isLowBetter: true, digits: 1, of: ({ cost }) => 100 * (cost - 1) },
  {
    title: "Prefix-cache hits",
    axis: "% of prompt tokens that were sent before",
    isLowBetter: false,
    digits: 1,
    end: 100,
    of: ({ cacheHits }) => 100 * cacheHits,
  },
  {
    title: "SLA kept",
    axis: "% of requests with the first token in time",
    isLowBetter: false,
    digits: 1,
    end: 100,
    of: ({ inTime }) => 100 * inTime,
  },
  {
    title: "Wait for the first token",
    axis: "seconds, 99th percentile",
    isLowBetter: true,
    digits: 1,
    of: ({ firstTokenMs }) => firstTokenMs.p99 / 1_000,
  },
  {
    title: "Fairness among equal asks",
    axis: "Jain’s index",
    isLowBetter: false,
    digits: 2,
    end: 1,
    of: ({ fairness }) => fairness,
  },
];

const WIDTH = 860;
const MARGIN = 24;
const HEAD = 78;
const GAP = 34;
const COLUMNS = 2;
const PANEL_WIDTH = (WIDTH - 2 * MARGIN - (COLUMNS - 1) * GAP) / COLUMNS;
const TITLE = 34;
const ROW = 23;
const BAR = 13;
const AXIS = 44;
/** The names stand left of the bars, the values right of them. */
const NAMES = 128;
const VALUES = 48;

const STYLE = `svg { --paper: #fff; --ink: #1c2430; --soft: #5b6675; --line: #e1e5ea; --ours: #1d5fb8; --other: #b3bcc8;
  font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
@media (prefers-color-scheme: dark) {
  svg { --paper: #12161c; --ink: #e3e8ee; --soft: #9aa6b4; --line: #2b333e; --ours: #86b7ff; --other: #4d5866; }
}
.paper { fill: var(--paper); }
text { fill: var(--ink); }
.head { font-size: 18px; font-weight: 650; }
.title { font-size: 14px; font-weight: 600; }
.soft { fill: var(--soft); font-size: 11px; }
.lead { fill: var(--soft); font-size: 13px; }
.ours { fill: var(--ours); }
.other { fill: var(--other); }
text.ours { font-weight: 650; }
.value { paint-order: stroke; stroke: var(--paper); stroke-width: 5px; stroke-linejoin: round; }
line { stroke: var(--line); }
.zero { stroke: var(--soft); }
.end { text-anchor: end; }
.middle { text-anchor: middle; }`;

export interface Chart {
  readonly title: string;
  readonly lead: string;
  /** The one that stands out. */
  readonly ours: string;
  /** Names that are too long to stand beside a bar. */
  readonly shortNames: Readonly<Record<string, string>>;
}

export function chartOf(all: ReadonlyMap<string, Figures>, chart: Chart): string {
  const panelHeight = TITLE + all.size * ROW + AXIS;
  const height = HEAD + Math.ceil(PANELS.length / COLUMNS) * panelHeight + MARGIN / 2;
  const panels = PANELS.map((panel, place) => {
    const x = MARGIN + (place % COLUMNS) * (PANEL_WIDTH + GAP);
    const y = HEAD + Math.floor(place / COLUMNS) * panelHeight;
    return `<g transform="translate(${x} ${y})">${panelOf(panel, all, chart)}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escaped(chart.title)}">
<style>${STYLE}</style>
<rect class="paper" width="${WIDTH}" height="${height}"/>
<text class="head" x="${MARGIN}" y="34">${escaped(chart.title)}</text>
<text class="lead" x="${MARGIN}" y="55">${escaped(chart.lead)}</text>
${panels.join("\n")}
</svg>
`;
}

function panelOf(panel: Panel, all: ReadonlyMap<string, Figures>, chart: Chart): string {
  const values = [...all].map(([name, figures]) => ({ name, value: panel.of(figures) }));
  const ticks = ticksUpTo(panel.end ?? Math.max(...values.map(({ value }) => value)));
  const scale = (PANEL_WIDTH - NAMES - VALUES) / (ticks.at(-1) ?? 1);
  const foot = TITLE + all.size * ROW;
  const better = panel.isLowBetter ? "less is better" : "more is better";
  return [
    `<text class="title" x="0" y="16">${escaped(panel.title)}</text>`,
    `<text class="soft end" x="${PANEL_WIDTH}" y="16">${better}</text>`,
    ...ticks.map((tick) => tickOf(tick, NAMES + tick * scale, foot)),
    ...values.map(({ name, value }, place) => {
      const label = chart.shortNames[name] ?? name;
      const look = name === chart.ours ? "ours" : "other";
      return barOf(
        { label, look, value, width: Math.max(0, value) * scale, digits: panel.digits },
        TITLE + place * ROW,
      );
    }),
    `<text class="soft" x="${NAMES}" y="${foot + 29}">${escaped(panel.axis)}</text>`,
  ].join("\n");
}

interface Bar {
  readonly label: string;
  readonly look: "ours" | "other";
  readonly value: number;
  readonly width: number;
  readonly digits: number;
}

function barOf({ label, look, value, width, digits }: Bar, y: number): string {
  const base = y + BAR / 2 + 4;
  const text = look === "ours" ? "ours" : "";
  return `<text class="${text} end" x="${NAMES - 10}" y="${base}">${escaped(label)}</text>
<rect class="${look}" x="${NAMES}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" rx="2"/>
<text class="${text} value" x="${(NAMES + width + 6).toFixed(1)}" y="${base}">${written(value, digits)}</text>`;
}

function tickOf(tick: number, x: number, foot: number): string {
  const at = x.toFixed(1);
  return `<line class="${tick === 0 ? "zero" : ""}" x1="${at}" x2="${at}" y1="${TITLE - 6}" y2="${foot - 4}"/>
<text class="soft middle" x="${at}" y="${foot + 12}">${tick}</text>`;
}

/** From 0, in steps of 1, 2, 2.5 or 5 times a power of ten, to the first that is not below the end. */
export function ticksUpTo(end: number): readonly number[] {
  const rough = Math.max(end, 1e-6) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough * 0.999_999) ?? 10);
  const count = Math.ceil(end / step - 1e-6);
  return Array.from({ length: Math.max(count, 1) + 1 }, (_, place) => Number((place * step).toPrecision(6)));
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
