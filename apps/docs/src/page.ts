/** The shell of every page but the references: head, navigation, footer. No foreign host, system fonts; nothing to read needs a script. */
import { type Article, escapeHtml } from "./article.ts";
import type { Reference } from "./reference/reference.ts";

export interface Contents {
  readonly references: readonly Reference[];
  readonly guides: readonly Article[];
  readonly decisions: readonly Article[];
}

export interface Page {
  readonly title: string;
  readonly summary: string;
  /** Where the page lies in the site, e.g. `guides/quickstart.html`. */
  readonly path: string;
  readonly html: string;
  /** The same as Markdown: the page's twin. */
  readonly markdown: string;
}

/** The way from a page up to the site's root: `` or `../`. Links stay relative, so that any mount point will do. */
export function rootOf(path: string): string {
  return "../".repeat(path.split("/").length - 1);
}

/** `guides/errors.html` → `guides/errors.md`. */
export function twinOf(path: string): string {
  return path.replace(/\.html$/, ".md");
}

/** The script that searches shows it. */
export const SEARCH_BUTTON =
  '<button type="button" class="search" data-search hidden aria-keyshortcuts="/">Search<kbd>/</kbd></button>';

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'";

export function pageOf(page: Page, contents: Contents): string {
  const root = rootOf(page.path);
  const twin = root + twinOf(page.path);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="color-scheme" content="light dark">
<meta name="description" content="${escapeHtml(page.summary)}">
<title>${escapeHtml(page.title)}</title>
<link rel="icon" href="${root}icon.svg" type="image/svg+xml">
<link rel="alternate" href="${twin}" type="text/markdown" title="The same as Markdown">
<script src="${root}colour-mode.js"></script>
<link rel="stylesheet" href="${root}palette.css"><link rel="stylesheet" href="${root}style.css"><link rel="stylesheet" href="${root}search.css">
<script type="module" src="${root}search.js"></script>
</head>
<body>
<a class="skip" href="#main">Skip to the text</a>
<header><a class="brand" href="${root}index.html"><img src="${root}icon.svg" alt="" width="22" height="22">Interchange</a>
${SEARCH_BUTTON}
<nav aria-label="Documentation">${navigationOf(page.path, contents)}</nav></header>
<main id="main">${page.html}
<footer><a href="${twin}">This page as Markdown</a><a href="${root}llms.txt">llms.txt</a><a href="${root}changelog.html">Changelog</a></footer></main>
</body>
</html>
`;
}

function navigationOf(path: string, { references, guides, decisions }: Contents): string {
  const link = (to: string, title: string) =>
    `<li><a href="${rootOf(path)}${to}"${to === path ? ' aria-current="page"' : ""}>${escapeHtml(title)}</a></li>`;
  const group = (name: string, links: string[]) =>
    `<details><summary>${name}</summary><ul>${links.join("")}</ul></details>`;
  return [
    group(
      "Guides",
      guides.map(({ slug, title }) => link(`guides/${slug}.html`, title)),
    ),
    group("Reference", [
      ...references.map(({ name, title }) => link(`${name}.html`, title)),
      link("changelog.html", "Changelog"),
    ]),
    group(
      "Decisions",
      decisions.map(({ slug, title }) => link(`decisions/${slug}.html`, title)),
    ),
  ].join("");
}
