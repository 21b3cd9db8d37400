/** A table for the width of the terminal: ids whole, numbers to the right, long texts cut with an ellipsis. */
import stringWidth from "string-width";
import type { Page } from "./page.ts";

export interface Cell {
  readonly text: string;
  readonly kind: "whole" | "text" | "number";
  /** Of a heading: how narrow the column may become. */
  readonly widthMin?: number;
}

const GAP = 2;
/** Less than this tells nothing. */
const TEXT_WIDTH_MIN = 6;

/** The heading and a line for each row. Columns that have no room even so are left out, the last one first. */
export function tableLines(heads: readonly Cell[], rows: readonly (readonly Cell[])[], page: Page): string[] {
  const wanted = heads.map((head, index) =>
    Math.max(...[head, ...rows.flatMap((row) => row[index] ?? [])].map(widthOfCell)),
  );
  const widths = fit(wanted, heads, page.width);
  const line = (cells: readonly Cell[]): string =>
    widths
      .map((width, index) => padded(cells[index] ?? { text: "", kind: "text" }, width, index === widths.length - 1))
      .join(" ".repeat(GAP));
  return [page.paint("dim", line(heads)), ...rows.map(line)];
}

function widthOfCell({ text }: Cell): number {
  return stringWidth(oneLine(text));
}

/** Widths of the columns that stay. The widest text gives way first. */
function fit(wanted: readonly number[], heads: readonly Cell[], width: number): number[] {
  const widths = [...wanted];
  for (let over = sum(widths) - width; over > 0; over = sum(widths) - width) {
    const widest = widestText(widths, heads);
    if (widest === undefined) {
      if (widths.length <= 1) break;
      widths.pop();
      // What the column took, the texts before it may have again.
      for (const index of widths.keys()) widths[index] = wanted[index] ?? 0;
    } else {
      widths[widest] = (widths[widest] ?? 0) - 1;
    }
  }
  return widths;
}

function sum(widths: readonly number[]): number {
  return widths.reduce((total, width) => total + width, GAP * (widths.length - 1));
}

function widestText(widths: readonly number[], heads: readonly Cell[]): number | undefined {
  let found: number | undefined;
  for (const [index, width] of widths.entries()) {
    const { text = "", widthMin = TEXT_WIDTH_MIN } = heads[index] ?? {};
    const floor = Math.max(widthMin, stringWidth(text));
    if (heads[index]?.kind === "text" && width > floor && width > (found === undefined ? 0 : (widths[found] ?? 0)))
      found = index;
  }
  return found;
}

function padded({ text, kind }: Cell, width: number, isLast: boolean): string {
  const cut = cutTo(oneLine(text), width);
  const rest = " ".repeat(Math.max(0, width - stringWidth(cut)));
  if (kind === "number") return rest + cut;
  return isLast ? cut : cut + rest;
}

/** What suppliers and callers named must not move the cursor. */
export function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, " ");
}

/** Whole graphemes, so that no character is cut in two. */
export function cutTo(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let kept = "";
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (stringWidth(kept + segment) > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}
