/** A table that is made of what the house knows: HTML for a page, Markdown for its twin. */
import { inlineOf } from "./article.ts";

export interface Table {
  readonly heads: readonly string[];
  readonly rows: readonly Row[];
  /** Its cells hold many names, so that it may be wider than a text. */
  readonly isWide?: boolean;
}

/** Everything in it is a line of Markdown. */
export interface Row {
  readonly head: string;
  readonly cells: readonly string[];
}

export function htmlOfTable({ heads, rows, isWide = false }: Table): string {
  const head = heads.map((each) => `<th scope="col">${inlineOf(each)}</th>`).join("");
  const body = rows.map(
    (row) =>
      `<tr><th scope="row">${inlineOf(row.head)}</th>${row.cells.map((cell) => `<td>${inlineOf(cell)}</td>`).join("")}</tr>`,
  );
  return `<div class="scroll"><table${isWide ? ' class="names"' : ""}><thead><tr>${head}</tr></thead><tbody>${body.join("")}</tbody></table></div>`;
}

export function markdownOfTable({ heads, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map((row) => line([row.head, ...row.cells]))].join("\n");
}

/** A text that means nothing in Markdown: it stands as it is. */
export function plainOf(text: string): string {
  return text.replaceAll(/[\\<>*[\]]/g, String.raw`\$&`).replaceAll(/\s+/g, " ");
}

export function codeOf(word: string): string {
  return `\`${word}\``;
}
