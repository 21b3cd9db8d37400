/** What a language model is given to read (llmstxt.org): a list of every page's Markdown twin, and all of them as one text. */
import type { Contents } from "./page.ts";

export function llmsTxt({ references, guides, decisions }: Contents): string {
  const list = (title: string, lines: readonly string[]) => [`## ${title}`, lines.join("\n")];
  return `${[
    "# Interchange",
    "> The open-source Consumption API of an inference market: OpenAI's Chat Completions and Anthropic's Messages in front of one routing engine over many suppliers.",
    "A buyer holds prepaid tokens per instrument (a service level such as `text-prime`) and one key. A request is checked, held against the balance, routed, and answered with a 307 to the place that runs it; with `/inline` in front of the path it is answered in one leg. Everything below in one text: [llms-full.txt](llms-full.txt).",
    ...list(
      "Guides",
      guides.map(({ slug, title, summary }) => `- [${title}](guides/${slug}.md): ${summary}`),
    ),
    ...list(
      "Reference",
      references.flatMap(({ name, title, summary }) => [
        `- [${title}](${name}.md): ${summary}`,
        `- [${title}, OpenAPI 3.1](${name}.openapi.json): the document itself`,
      ]),
    ),
    ...list("Changes", ["- [Changelog](changelog.md): what is new in what we publish"]),
    ...list(
      "Optional",
      decisions.map(({ slug, title, summary }) => `- [${title}](decisions/${slug}.md): ${summary}`),
    ),
  ].join("\n\n")}\n`;
}

/** Each under its address. */
export function llmsFullTxt(texts: ReadonlyMap<string, string>): string {
  return [...texts].map(([path, text]) => `<!-- ${path} -->\n\n${text.trim()}\n`).join("\n");
}
