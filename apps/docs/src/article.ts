/** A guide or a decision: Markdown with a head of YAML, read into what a page needs. */
import { readdir, readFile } from "node:fs/promises";
import { Marked, type Tokens } from "marked";
import { parse } from "yaml";

export interface Article {
  /** The file's name without its ending: the last part of the page's address. */
  readonly slug: string;
  readonly title: string;
  /** One sentence, for lists and search engines. */
  readonly summary: string;
  /** Decisions only: `accepted`, `replaced by …`. */
  readonly status?: string;
  /** Decisions only: `2026-11-23`, taken from the file's name. */
  readonly date?: string;
  readonly order: number;
  /** Without the head. */
  readonly markdown: string;
  readonly html: string;
}

/** Every article of a folder, newest first; those of one day, and guides, in their order. */
export async function readArticles(folder: URL): Promise<Article[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(".md"));
  const articles = await Promise.all(
    files.map(async (file) => readArticle(file, await readFile(new URL(file, folder), "utf8"))),
  );
  return articles.sort(
    (a, b) => (b.date ?? "").localeCompare(a.date ?? "") || a.order - b.order || a.slug.localeCompare(b.slug),
  );
}

/** Throws, naming the file, when the head is missing or has no title and summary. */
export function readArticle(file: string, text: string): Article {
  const [, head, body] = /^---\n(.*?)\n---\n(.*)$/s.exec(text) ?? [];
  const { title, summary, status, order } = (parse(head ?? "") ?? {}) as Partial<Record<string, unknown>>;
  if (typeof title !== "string" || typeof summary !== "string" || body === undefined)
    throw new Error(`${file}: the head must say title and summary`);
  const date = /^\d{4}-\d{2}-\d{2}/.exec(file)?.[0];
  return {
    slug: file.replace(/\.md$/, ""),
    title,
    summary,
    order: typeof order === "number" ? order : 0,
    markdown: body.trim(),
    html: htmlOf(body),
    ...(typeof status === "string" && { status }),
    ...(date && { date }),
  };
}

/** Headings get an anchor, tables and code a frame that scrolls, links between articles lose their `.md`. */
const marked = new Marked({
  renderer: {
    heading({ tokens, depth, text }: Tokens.Heading): string {
      const anchor = anchorOf(text);
      return `<h${depth} id="${anchor}"><a href="#${anchor}">${this.parser.parseInline(tokens)}</a></h${depth}>\n`;
    },
    code({ text, lang = "" }: Tokens.Code): string {
      return codeBlockOf(text, lang);
    },
  },
  hooks: {
    postprocess: (html) =>
      html
        .replaceAll("<table>", '<div class="scroll"><table>')
        .replaceAll("</table>", "</table></div>")
        .replaceAll(/href="(?!https?:)([^"]+)\.md(#[^"]*)?"/g, 'href="$1.html$2"'),
  },
});

/** One line of Markdown, without a paragraph round it. */
export function inlineOf(markdown: string): string {
  return marked.parseInline(markdown, { async: false });
}

/** What is wider than its frame is scrolled, by the keyboard too. */
export function codeBlockOf(code: string, language: string): string {
  const named = language === "" ? "" : ` class="language-${escapeHtml(language)}"`;
  return `<pre tabindex="0"><code${named}>${escapeHtml(code.replace(/\n$/, ""))}\n</code></pre>\n`;
}

export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

export function htmlOf(markdown: string): string {
  return marked.parse(markdown, { async: false });
}

/** `Which clients follow?` → `which-clients-follow`. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
}
