/** Guides, decisions and the changelog as pages, each with its Markdown twin. */
import { type Article, escapeHtml, htmlOf } from "./article.ts";
import { type Inserts, withInserts } from "./insert.ts";
import type { Page } from "./page.ts";

export function guidePage({ slug, title, summary, html, markdown }: Article, inserts: Inserts): Page {
  return {
    path: `guides/${slug}.html`,
    title: `${title} · Interchange`,
    summary,
    html: `<article><h1>${escapeHtml(title)}</h1><p class="lead">${escapeHtml(summary)}</p>${withInserts(html, inserts, "html")}</article>`,
    markdown: twinText(title, summary, withInserts(markdown, inserts, "markdown")),
  };
}

export function decisionPage({ slug, title, summary, status = "", date = "", html, markdown }: Article): Page {
  return {
    path: `decisions/${slug}.html`,
    title: `${title} · Interchange`,
    summary,
    html: `<article><p class="stamp"><time datetime="${date}">${date}</time> · ${escapeHtml(status)}</p>
<h1>${escapeHtml(title)}</h1><p class="lead">${escapeHtml(summary)}</p>${html}</article>`,
    markdown: twinText(title, summary, `${date} · ${status}\n\n${markdown}`),
  };
}

export function changelogPage(markdown: string): Page {
  const title = "Changelog";
  const summary = "What is new in what we publish: the client, the command line and the contract.";
  return {
    path: "changelog.html",
    title: `${title} · Interchange`,
    summary,
    html: `<article><h1>${title}</h1><p class="lead">${summary}</p>${htmlOf(markdown)}</article>`,
    markdown: twinText(title, summary, markdown),
  };
}

/** A twin's links lead to twins. */
function twinText(title: string, summary: string, markdown: string): string {
  const body = markdown.replaceAll(/\]\((?!https?:)([^)#]+)\.html(?:#[^)]*)?\)/g, "]($1.md)");
  return `# ${title}\n\n> ${summary}\n\n${body.trim()}\n`;
}
