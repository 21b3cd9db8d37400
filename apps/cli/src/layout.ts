/** What is shown of answers: tables, records and sentences, laid out for the width of the terminal. */
import { type Field, valueAt } from "./contract.ts";
import { grouped, NOTHING, shortInstant } from "./figures.ts";
import type { Page } from "./page.ts";
import { recordLines } from "./record.ts";
import { type Cell, tableLines } from "./table.ts";

/** How a column reads: an id is never cut, a text may be, prose not so short that it tells nothing, numbers stand to the right. */
export type Kind = "id" | "text" | "prose" | "number" | "usd" | "instant" | "yes";

/** Heading, field, and how it reads; the last columns are left out first where the terminal is too narrow. */
export type Column<Place extends string> = readonly [head: string, field: Place, kind: Kind];

export type Block =
  | {
      readonly kind: "table";
      readonly columns: readonly Column<string>[];
      readonly rows: readonly object[];
      readonly title?: string;
    }
  | { readonly kind: "record"; readonly value: object }
  | { readonly kind: "text"; readonly text: string };

/** A table whose columns are fields of its rows. */
export function table<Item extends object>(
  rows: readonly Item[],
  columns: readonly Column<Field<Item>>[],
  title?: string,
): Block {
  return { kind: "table", columns, rows, ...(title === undefined ? {} : { title }) };
}

export function record(value: object): Block {
  return { kind: "record", value };
}

/** Blocks, with an empty line between them. */
export function write(blocks: readonly Block[], page: Page): string {
  return blocks.map((block) => `${linesOf(block, page).join("\n")}\n`).join("\n");
}

function linesOf(block: Block, page: Page): readonly string[] {
  switch (block.kind) {
    case "text":
      return [block.text];
    case "record":
      return recordLines(block.value, page);
    case "table": {
      const heads = block.columns.map(([head, , kind]) => ({
        text: head,
        kind: sideOf(kind),
        ...(kind === "prose" ? { widthMin: PROSE_WIDTH_MIN } : {}),
      }));
      const rows = block.rows.map((row) => block.columns.map((column) => cellOf(row, column, page.nowMs)));
      const title = block.title === undefined ? [] : [page.paint("bold", block.title)];
      return [...title, ...tableLines(heads, rows, page)];
    }
  }
}

const PROSE_WIDTH_MIN = 40;

function sideOf(kind: Kind): Cell["kind"] {
  if (kind === "number" || kind === "usd") return "number";
  return kind === "text" || kind === "prose" ? "text" : "whole";
}

function cellOf(row: object, [, field, kind]: Column<string>, nowMs: number): Cell {
  return { text: written(valueAt(row, field), kind, nowMs), kind: sideOf(kind) };
}

function written(value: unknown, kind: Kind, nowMs: number): string {
  if (value === null || value === undefined || value === "") return NOTHING;
  if (Array.isArray(value)) return value.length === 0 ? NOTHING : value.join(", ");
  switch (kind) {
    case "yes":
      return value === true ? "yes" : "no";
    case "instant":
      return shortInstant(String(value), nowMs);
    case "number":
    case "usd":
      return grouped(String(value));
    case "id":
    case "text":
    case "prose":
      return String(value);
  }
}
