/** The reference of each document: Redocly's page, made to stand on its own. */
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { parse } from "yaml";

export interface Reference {
  /** The document's name in the list, and of its page: `chat-completions`. */
  readonly name: string;
  /** The document's own title, without the name of the house. */
  readonly title: string;
  /** The document's own summary, or the first sentence of its description. */
  readonly summary: string;
}

const CONFIG = new URL("../../../spec/redocly.yaml", import.meta.url);
const run = promisify(execFile);

/** Every document that the contract lists, in its order. */
export async function readReferences(config = CONFIG): Promise<Reference[]> {
  const { apis } = parse(await readFile(config, "utf8")) as { apis: Record<string, { root: string }> };
  return Promise.all(
    Object.entries(apis).map(async ([name, { root }]) => {
      const { info } = parse(await readFile(new URL(root, config), "utf8")) as { info: Info };
      return {
        name,
        title: info.title.replace(/^Interchange\W*/, ""),
        summary: info.summary ?? firstSentence(info.description ?? ""),
      };
    }),
  );
}

interface Info {
  readonly title: string;
  readonly summary?: string;
  readonly description?: string;
}

function firstSentence(text: string): string {
  const line =
    text
      .trim()
      .split(/\n\s*\n/, 1)[0]
      ?.replaceAll(/\s+/g, " ") ?? "";
  return /^.*?[.!?](?=\s|$)/.exec(line)?.[0] ?? line;
}

/** Builds the page of one document. `into` is the file to write. */
export async function writeReference({ name }: Reference, into: URL, config = CONFIG): Promise<void> {
  const file = fileURLToPath(into);
  const args = ["build-docs", name, "--config", fileURLToPath(config), "--inlineBundle", ...LOOK, "-o", file];
  const env = { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };
  await run("redocly", args, { env, cwd: fileURLToPath(new URL(".", config)) });
  await writeFile(into, standingAlone(await readFile(into, "utf8")));
}

/** Examples are shown unfolded: they are what a reader copies. */
const LOOK = ["--openapi.jsonSamplesExpandLevel=9"];

/** Everything the page needs is inside it; the policy makes the browser hold it to that. */
const POLICY =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: 'self'; font-src data:";

const WORDMARK = encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" width="44" height="14"><text x="0" y="11" font-family="sans-serif" font-size="11" fill="#64748b">Redocly</text></svg>',
);

/** Where the bundle lists the operations of a tag by their paths, though they have names. */
const BARE_PATH = /title:(\w+)\.pathName,summary:/;

/**
 * Redocly's inline bundle still fetches its own logo from a host of Redocly's; here it is a picture inside the page.
 * Operations are listed by name, and a way back to the other pages is added.
 */
export function standingAlone(html: string): string {
  return html
    .replace(BARE_PATH, "title:$1.summary||$1.pathName,summary:")
    .replaceAll(/https:\/\/cdn\.redoc\.ly\/redoc\/logo-mini(?:-full)?\.svg/g, `data:image/svg+xml,${WORDMARK}`)
    .replace(
      '<meta charset="utf8" />',
      `<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}"><link rel="icon" href="icon.svg" type="image/svg+xml">`,
    )
    .replace(/<\/body>\s*<\/html>\s*$/, `${WAY_BACK}</body></html>\n`);
}

const WAY_BACK = `<style>
#home{position:fixed;right:1rem;bottom:1rem;z-index:9;padding:.45rem .8rem;border-radius:999px;font:500 13px/1 system-ui,sans-serif;
text-decoration:none;color:#fff;background:#1f3a5f;box-shadow:0 1px 4px rgb(0 0 0/.25)}
#home:hover{background:#2b4f80}@media(max-width:60rem){#home{right:auto;left:1rem}h1{font-size:1.75rem!important}}#home:focus-visible{outline:2px solid #6ea8fe;outline-offset:2px}
@media print{#home{display:none}}
</style><a id="home" href="index.html">All documentation</a>`;
