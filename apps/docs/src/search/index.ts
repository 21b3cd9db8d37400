/** What the site can be searched for: every section of a text and every operation, in an index that the browser loads. */
import MiniSearch, { type Options } from "minisearch";
import { anchorOf } from "../article.ts";
import type { Contents, Page } from "../page.ts";
import { anchorOfOperation, operationsOf } from "../reference/operation.ts";
import type { Reference } from "../reference/reference.ts";
import { follow, isNode } from "../reference/schema.ts";

/** Something that can be found. */
export interface Find {
  /** Its address, from the site's root. */
  readonly id: string;
  /** What it is: `Guide`, `POST /v1/messages`. */
  readonly kind: string;
  /** The page's title. */
  readonly title: string;
  /** The section's heading; empty at a page's beginning. */
  readonly heading: string;
  /** What a reader is shown of it. */
  readonly lead: string;
  /** Of an operation: its id, its parameters, the properties of its body. */
  readonly names: string;
  /** What is searched beside these. */
  readonly text: string;
}

const LEAD_MAX = 140;

const OPTIONS = {
  fields: ["title", "heading", "kind", "names", "text"],
  storeFields: ["kind", "title", "heading", "lead"],
  searchOptions: { boost: { title: 4, heading: 6, kind: 2, names: 5 }, prefix: true, fuzzy: 0.15, combineWith: "AND" },
} satisfies Options<Find>;

/** As the browser loads it: with the options that it was made with, which it must be read with. */
export function searchIndex(finds: readonly Find[]): { options: object; index: object } {
  const index = new MiniSearch<Find>(OPTIONS);
  index.addAll(finds);
  return { options: OPTIONS, index: index.toJSON() };
}

export function findsOf(pages: readonly (Page & { readonly kind: string })[], { references }: Contents): Find[] {
  return [...pages.flatMap((page) => sectionsOf(page)), ...references.flatMap(operationFinds)];
}

/** One for the page and one for each of its headings. A decision is one: its headings are the same as every other's. */
function sectionsOf({ path, title, kind, markdown }: Page & { readonly kind: string }): Find[] {
  if (kind === "Decision") return [wholeOf({ path, title, kind, markdown })];
  const seen = new Set<string>();
  return markdown.split(/^(?=#{1,3} )/m).flatMap((section) => {
    const [, marks = "", heading = ""] = /^(#{1,3}) (.*)/.exec(section) ?? [];
    const text = wordsOf(section.replace(/^#.*\n/, ""));
    const id = marks.length > 1 ? `${path}#${anchorOf(heading)}` : path;
    if (seen.has(id)) return [];
    seen.add(id);
    return [
      { id, kind, title, heading: marks.length > 1 ? wordsOf(heading) : "", lead: leadOf(text), names: "", text },
    ];
  });
}

function wholeOf({
  path,
  title,
  kind,
  markdown,
}: Pick<Find, "title" | "kind"> & Pick<Page, "path" | "markdown">): Find {
  const summary = /^> (.*)$/m.exec(markdown)?.[1] ?? "";
  return { id: path, kind, title, heading: "", lead: leadOf(wordsOf(summary)), names: "", text: wordsOf(markdown) };
}

/** A text without its marks. */
function wordsOf(markdown: string): string {
  return markdown
    .replaceAll(/^```.*$/gm, " ")
    .replaceAll(/\]\([^)]*\)/g, "")
    .replaceAll(/^\s*(?:[-*>]|\||\d+\.) |\|[\s|:-]*|[`*[\]\\]|<!--.*?-->/gm, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
}

function leadOf(text: string): string {
  return text.length <= LEAD_MAX ? text : `${text.slice(0, LEAD_MAX).replace(/\s+\S*$/, "")} …`;
}

function operationFinds({ name, title, document }: Reference): Find[] {
  return operationsOf(document).map((operation) => {
    const { id, method, path, summary, description, parameters, body } = operation;
    const { properties } = follow(document, body?.schema);
    const names = [id, ...parameters.map((each) => each.name), ...Object.keys(isNode(properties) ? properties : {})];
    const text = wordsOf(description);
    return {
      id: `${name}.html${anchorOfOperation(operation)}`,
      kind: `${method} ${path}`,
      title,
      heading: summary,
      lead: leadOf(text),
      names: names.join(" "),
      text,
    };
  });
}
