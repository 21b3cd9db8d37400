/** The page of a document: Redocly's, made to stand on its own and to look like the other pages. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { escapeHtml } from "../article.ts";
import { SEARCH_BUTTON } from "../page.ts";
import { LABELS, withSamples } from "../samples/index.ts";
import type { Reference } from "./reference.ts";

const run = promisify(execFile);
const HERE = fileURLToPath(new URL("../../", import.meta.url));

/** Makes the page of one document. `others` are all that the bar leads to. */
export async function referencePage(reference: Reference, others: readonly Reference[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "interchange-docs-"));
  try {
    const [from, config, into] = ["document.json", "redocly.yaml", "page.html"].map((file) => join(folder, file)) as [
      string,
      string,
      string,
    ];
    await writeFile(from, JSON.stringify(withSamples(reference)));
    await writeFile(config, JSON.stringify(LOOK));
    const env = { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };
    await run("redocly", ["build-docs", from, "--config", config, "--inlineBundle", "-o", into], { env, cwd: HERE });
    return standingAlone(await readFile(into, "utf8"), reference, others);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Examples are shown unfolded: they are what a reader copies. Redoc shows samples only in the languages that it is told. */
const LOOK = {
  telemetry: "off",
  openapi: {
    jsonSamplesDepth: 9,
    codeSamples: { languages: [...LABELS.map(({ label, language: lang }) => ({ lang, label })), { lang: "Payload" }] },
  },
};

/** The bundle is inside the page, the rest lies beside it; the policy makes the browser hold it to that. */
const POLICY =
  "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src data: 'self'; font-src data:; connect-src 'self'";

const WORDMARK = encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" width="44" height="14"><text x="0" y="11" font-family="sans-serif" font-size="11" fill="#64748b">Redocly</text></svg>',
);

/** Where the bundle lists the operations of a tag by their paths, though they have names. */
const BARE_PATH = /title:(\w+)\.pathName,summary:/;

/** Where the bundle forgets what a sample says beside its language, label and source. */
const NARROWED = /(\w+\[`x-codeSamples`\])\?\.map\(\(\{lang:\w+,label:\w+,source:\w+\}\)=>\(\{[^}]*\}\)\)/g;

/** Where it shows the source of a sample, whichever example is chosen: the example's name, the sample, what it goes by. */
const ONE_SOURCE =
  /(,(\w+)=(\w+)\?\w+\[\3\]\?\.key\?\?\3:void 0,.{0,60}?useMemo\)\(\(\)=>\{if\(\w+===`payload`\)return``;let (\w+)=.{0,60}?;return \4\?)\4\.source(:.{0,80}?\},\[)/;

/**
 * Redocly's inline bundle still fetches its own logo from a host of Redocly's; here it is a picture inside the page.
 * Operations are listed by name, samples follow the example that is chosen, and a bar leads to the other pages.
 */
export function standingAlone(html: string, reference: Reference, others: readonly Reference[]): string {
  return html
    .replace(BARE_PATH, "title:$1.summary||$1.pathName,summary:")
    .replaceAll(NARROWED, "$1")
    .replace(ONE_SOURCE, "$1($4.sources?.[$2]??$4.source)$5$2,")
    .replaceAll(/https:\/\/cdn\.redoc\.ly\/redoc\/logo-mini(?:-full)?\.svg/g, `data:image/svg+xml,${WORDMARK}`)
    .replace('<meta charset="utf8" />', `<meta charset="utf-8">${headOf(reference)}`)
    .replace(/<body>/, () => `<body>${barOf(reference, others)}`);
}

function headOf({ name, summary }: Reference): string {
  return `<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="color-scheme" content="light dark">
<meta name="description" content="${escapeHtml(summary)}">
<link rel="icon" href="icon.svg" type="image/svg+xml">
<link rel="alternate" href="${name}.md" type="text/markdown" title="The same as Markdown">
<link rel="alternate" href="${name}.openapi.json" type="application/json" title="The OpenAPI document">
<link rel="stylesheet" href="palette.css"><link rel="stylesheet" href="search.css"><link rel="stylesheet" href="reference.css">
<script type="module" src="search.js"></script>`;
}

function barOf({ name }: Reference, others: readonly Reference[]): string {
  const links = others.map(
    (each) =>
      `<a href="${each.name}.html"${each.name === name ? ' aria-current="page"' : ""}>${escapeHtml(each.title)}</a>`,
  );
  return `<header id="bar"><a class="brand" href="index.html"><img src="icon.svg" alt="" width="22" height="22">Interchange</a>
<nav aria-label="Documentation"><a href="index.html#guides">Guides</a>${links.join("")}</nav>
<span class="forms"><a href="${name}.md">Markdown</a><a href="${name}.openapi.json" download>OpenAPI</a></span>${SEARCH_BUTTON}</header>
<noscript><p class="unscripted">This page needs a script. <a href="${name}.md">The same as Markdown</a> needs none.</p></noscript>`;
}
