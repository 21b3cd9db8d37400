/** Goal: no link leads nowhere. Method: follow every link and anchor of every page, twin and list, and of what is read in the repository. */
import { existsSync, readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { dirname, posix, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { anchorOf } from "../src/article.ts";
import { anchorOfOperation, operationsOf } from "../src/reference/operation.ts";
import { readSite } from "../src/site.ts";

const { contents, texts } = await readSite();
const operations = new Map(
  contents.references.map(({ name, document }) => [`${name}.html`, operationsOf(document).map(anchorOfOperation)]),
);
const known = new Set([...texts.keys(), ...operations.keys()]);

const pages = [...texts].filter(([path]) => path.endsWith(".html"));
const twins = [...texts].filter(([path]) => path.endsWith(".md") || path === "llms.txt");

describe("every link", () => {
  test.each(pages)("of %s leads somewhere", (path, text) => {
    const links = [...text.matchAll(/ (?:href|src)="([^"]+)"/g)].flatMap((match) => match[1] ?? []);
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((link) => !leadsSomewhere(path, link))).toEqual([]);
  });

  test.each(twins)("of the twin %s leads somewhere, and to a twin", (path, text) => {
    const lost = linksIn(text).filter((link) => !leadsSomewhere(path, link) || /\.html(?:#|$)/.test(link));
    expect(lost).toEqual([]);
  });

  test("of the search leads somewhere", () => {
    const { index } = JSON.parse(texts.get("search.json") ?? "") as { index: { documentIds: Record<string, string> } };
    const links = Object.values(index.documentIds);
    expect(links.length).toBeGreaterThan(100);
    expect(links.filter((link) => !leadsSomewhere("index.html", link))).toEqual([]);
  });
});

/** Links are relative, so the site may be mounted anywhere; an anchor must be a heading of the page meant, or an operation. */
function leadsSomewhere(from: string, link: string): boolean {
  if (/^https?:/.test(link)) return true;
  const [address = "", anchor] = link.split(/#(.*)/s);
  const to = address === "" ? from : posix.join(posix.dirname(from), address);
  if (!known.has(to)) return false;
  if (anchor === undefined) return true;
  return anchorsOf(to).has(anchor);
}

function anchorsOf(path: string): ReadonlySet<string> {
  const listed = operations.get(path);
  if (listed !== undefined) return new Set(listed.map((each) => each.slice(1)));
  const text = texts.get(path) ?? "";
  if (path.endsWith(".html")) return new Set([...text.matchAll(/ id="([^"]*)"/g)].flatMap(([, id = ""]) => id));
  return new Set(headingsOf(text).map(anchorOf));
}

/** Of Markdown, without what stands in fences. */
function headingsOf(markdown: string): string[] {
  const bare = markdown.replaceAll(/^```[\s\S]*?^```/gm, "");
  return [...bare.matchAll(/^#+ (.*)$/gm)].flatMap(([, heading = ""]) => heading);
}

function linksIn(markdown: string): string[] {
  const bare = markdown.replaceAll(/^```[\s\S]*?^```/gm, "").replaceAll(/`[^`\n]*`/g, "");
  return [...bare.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = ""]) => link);
}

test.each([
  ["the first page", "index.html", "guides/quickstart.html#ask", true],
  ["a guide", "guides/redirects.html", "../chat-completions.html", true],
  ["a guide, to an operation", "guides/redirects.html", "../messages.html#/messages/createmessage", true],
  ["a twin", "guides/redirects.md", "quickstart.md#ask", true],
  ["a page that is not there", "index.html", "guides/nowhere.html", false],
  ["a heading that is not there", "index.html", "guides/quickstart.html#nowhere", false],
  ["a heading that a twin does not have", "guides/redirects.md", "quickstart.md#nowhere", false],
  ["an operation that is not there", "index.html", "messages.html#/messages/nothing", false],
])("a link from %s", (_name, from, link, want) => expect(leadsSomewhere(from, link)).toBe(want));

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** What is read in the repository itself. */
async function readInRepository(): Promise<string[]> {
  const folders = ["packages", "apps"].map(async (floor) =>
    (await readdir(resolve(ROOT, floor))).map((name) => `${floor}/${name}/README.md`),
  );
  const listed = [
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    ".changeset/README.md",
    "spec/README.md",
    "bench/README.md",
    "deploy/README.md",
  ];
  return [...listed, ...(await Promise.all(folders)).flat()].filter((file) => existsSync(resolve(ROOT, file)));
}

const files = await readInRepository();

test.each(files)("every link of %s leads to a file, and to a heading of it", (file) => {
  const lost = linksIn(readFileSync(resolve(ROOT, file), "utf8")).filter(
    (link) => !/^https?:|^mailto:/.test(link) && !leadsToFile(file, link),
  );
  expect(lost).toEqual([]);
});

function leadsToFile(from: string, link: string): boolean {
  const [address = "", anchor] = link.split(/#(.*)/s);
  const to = address === "" ? resolve(ROOT, from) : resolve(dirname(resolve(ROOT, from)), address);
  if (!existsSync(to)) return false;
  return (
    anchor === undefined || headingsOf(readFileSync(to, "utf8")).some((heading) => hostAnchorOf(heading) === anchor)
  );
}

/** As the hosts of repositories make anchors: blanks are dashes, other signs are left out. */
function hostAnchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]+/gu, "")
    .replaceAll(" ", "-");
}

test.each([
  ["README.md", "apps/docs/decisions", true],
  ["CONTRIBUTING.md", "apps/supplier-sim/README.md#transcripts", true],
  ["README.md", "apps/nothing", false],
  ["README.md", "CONTRIBUTING.md#nowhere", false],
])("from %s to %s", (from, link, want) => expect(leadsToFile(from, link)).toBe(want));
