/** The shell of every page: head, navigation, footer. No script, no foreign host, system fonts. */
import type { Article } from "./article.ts";
import type { Reference } from "./reference.ts";

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
}

export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** The way from a page up to the site's root: `` or `../`. Links stay relative, so that any mount point will do. */
export function rootOf(path: string): string {
  return "../".repeat(path.split("/").length - 1);
}

export function pageOf(page: Page, contents: Contents): string {
  const root = rootOf(page.path);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'; img-src 'self'">
<meta name="color-scheme" content="light dark">
<meta name="description" content="${escapeHtml(page.summary)}">
<title>${escapeHtml(page.title)}</title>
<link rel="icon" href="${root}icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${root}style.css">
</head>
<body>
<a class="skip" href="#main">Skip to the text</a>
<header><a class="brand" href="${root}index.html"><img src="${root}icon.svg" alt="" width="22" height="22">Interchange</a>
<nav aria-label="Documentation">${navigationOf(page.path, contents)}</nav></header>
<main id="main">${page.html}</main>
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
    group(
      "Reference",
      references.map(({ name, title }) => link(`${name}.html`, title)),
    ),
    group(
      "Decisions",
      decisions.map(({ slug, title }) => link(`decisions/${slug}.html`, title)),
    ),
  ].join("");
}
