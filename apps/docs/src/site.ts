/** The whole site as files, and its way to the disk. */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { readArticles } from "./article.ts";
import { readChangelog } from "./changelog.ts";
import { readInserts } from "./inserts.ts";
import { landingOf } from "./landing.ts";
import { llmsFullTxt, llmsTxt } from "./llms.ts";
import { type Contents, type Page, pageOf, twinOf } from "./page.ts";
import { changelogPage, decisionPage, guidePage } from "./pages.ts";
import { referenceMarkdown } from "./reference/markdown.ts";
import { referencePage } from "./reference/page.ts";
import { readReferences } from "./reference/reference.ts";
import { readScripts } from "./scripts.ts";
import { findsOf, searchIndex } from "./search/index.ts";

const HERE = new URL("../", import.meta.url);
const ASSETS = ["palette.css", "style.css", "search.css", "reference.css", "icon.svg", "routing.svg"];

export interface Site {
  readonly contents: Contents;
  /** Every file but the pages of the references, by its path. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Everything that is made without Redocly. */
export async function readSite(): Promise<Site> {
  const references = await readReferences();
  const contents: Contents = {
    references,
    guides: await readArticles(new URL("guides/", HERE)),
    decisions: await readArticles(new URL("decisions/", HERE)),
  };
  const inserts = await readInserts(references);
  const pages = [
    ...contents.guides.map((guide) => ({ ...guidePage(guide, inserts), kind: "Guide" })),
    { ...changelogPage(await readChangelog()), kind: "Changelog" },
    ...contents.decisions.map((decision) => ({ ...decisionPage(decision), kind: "Decision" })),
  ];
  const landing = landingPage(contents);
  const twins = new Map([
    ...pages.map((page) => [twinOf(page.path), page.markdown] as const),
    ...references.map((each) => [`${each.name}.md`, referenceMarkdown(each)] as const),
  ]);
  const texts = new Map([
    ...[landing, ...pages].map((page) => [page.path, pageOf(page, contents)] as const),
    ...twins,
    [twinOf(landing.path), landing.markdown],
    ["llms.txt", landing.markdown],
    ["llms-full.txt", llmsFullTxt(twins)],
    ["search.json", JSON.stringify(searchIndex(findsOf(pages, contents)))],
    ...references.map(
      ({ name, document }) => [`${name}.openapi.json`, `${JSON.stringify(document, undefined, 2)}\n`] as const,
    ),
    ...(await readAssets()),
  ]);
  return { contents, texts };
}

async function readAssets(): Promise<(readonly [string, string])[]> {
  const own = ASSETS.map(async (asset) => [asset, await readFile(new URL(`assets/${asset}`, HERE), "utf8")] as const);
  return [...(await Promise.all(own)), ...(await readScripts(new URL("browser/", HERE)))];
}

function landingPage(contents: Contents): Page {
  const summary = "An inference market behind two API formats: references, guides and decisions.";
  const markdown = llmsTxt(contents);
  return { path: "index.html", title: "Interchange documentation", summary, html: landingOf(contents), markdown };
}

/** Writes the site into a folder, which holds nothing else afterwards. */
export async function writeSite(folder: URL): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  const { contents, texts } = await readSite();
  const write = async (path: string, text: string) => {
    const file = fileURLToPath(new URL(path, folder));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  };
  await Promise.all([
    ...[...texts].map(([path, text]) => write(path, text)),
    ...contents.references.map(async (each) =>
      write(`${each.name}.html`, await referencePage(each, contents.references)),
    ),
  ]);
}
