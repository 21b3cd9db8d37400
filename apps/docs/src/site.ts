/** The whole site as pages, and its way to the disk. */
import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { type Article, readArticles } from "./article.ts";
import { readErrors, tableOf } from "./errors.ts";
import { landingOf } from "./landing.ts";
import { type Contents, escapeHtml, type Page, pageOf } from "./page.ts";
import { quirksTable, readQuirks } from "./quirks.ts";
import { readReferences, writeReference } from "./reference.ts";
import { readRows, withRows } from "./rows.ts";
import { readTranslations, translationTables } from "./translation.ts";

const HERE = new URL("../", import.meta.url);
const ASSETS = ["style.css", "icon.svg", "routing.svg"];

/** Every page but the references, by its path in the site. */
export async function pages(): Promise<{ contents: Contents; texts: Map<string, string> }> {
  const contents: Contents = {
    references: await readReferences(),
    guides: await readArticles(new URL("guides/", HERE)),
    decisions: await readArticles(new URL("decisions/", HERE)),
  };
  const tables = await readTables(contents.references.map(({ name }) => name));
  const rows = await readRows();
  const all = [
    landingPage(contents),
    ...contents.guides.map((guide) => guidePage({ ...guide, html: withRows(guide.html, rows) }, tables)),
    ...contents.decisions.map(decisionPage),
  ];
  return { contents, texts: new Map(all.map((page) => [page.path, pageOf(page, contents)])) };
}

/** By the name under which a guide asks for it. */
export type Tables = Readonly<Record<string, string>>;

async function readTables(documents: readonly string[]): Promise<Tables> {
  return {
    errors: tableOf(await readErrors(documents)),
    translation: translationTables(await readTranslations(documents)),
    quirks: quirksTable(await readQuirks()),
  };
}

/** Writes the site into a folder, which holds nothing else afterwards. */
export async function writeSite(folder: URL): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  for (const inner of ["guides/", "decisions/"]) await mkdir(new URL(inner, folder), { recursive: true });
  const { contents, texts } = await pages();
  await Promise.all([
    ...ASSETS.map((asset) => copyFile(new URL(`assets/${asset}`, HERE), new URL(asset, folder))),
    ...[...texts].map(([path, text]) => writeFile(new URL(path, folder), text)),
    ...contents.references.map((each) => writeReference(each, new URL(`${each.name}.html`, folder))),
  ]);
}

function landingPage(contents: Contents): Page {
  const summary = "An inference market behind two API formats: references, guides and decisions.";
  return { path: "index.html", title: "Interchange documentation", summary, html: landingOf(contents) };
}

function guidePage({ slug, title, summary, html }: Article, tables: Tables): Page {
  return {
    path: `guides/${slug}.html`,
    title: `${title} · Interchange`,
    summary,
    html: `<article><h1>${escapeHtml(title)}</h1><p class="lead">${escapeHtml(summary)}</p>${withTables(html, tables)}</article>`,
  };
}

/** A guide asks for a table by a comment where it should stand. Throws on one that there is not. */
export function withTables(html: string, tables: Tables): string {
  return html.replaceAll(/<!-- table of (\w+) -->/g, (_, name: string) => {
    const table = tables[name];
    if (table === undefined) throw new Error(`there is no table of ${name}`);
    return table;
  });
}

function decisionPage({ slug, title, summary, status = "", date = "", html }: Article): Page {
  return {
    path: `decisions/${slug}.html`,
    title: `${title} · Interchange`,
    summary,
    html: `<article><p class="stamp"><time datetime="${date}">${date}</time> · ${escapeHtml(status)}</p>
<h1>${escapeHtml(title)}</h1><p class="lead">${escapeHtml(summary)}</p>${html}</article>`,
  };
}
