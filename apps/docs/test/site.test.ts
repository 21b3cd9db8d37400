/** Goal: no page leads nowhere and none asks a foreign host. Method: make every page and follow every link. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { anchorOf, readArticle } from "../src/article.ts";
import { tableOf } from "../src/errors.ts";
import { rootOf } from "../src/page.ts";
import { readReferences, standingAlone, writeReference } from "../src/reference.ts";
import { readRows, rowsIn, withRows } from "../src/rows.ts";
import { pages, withTables } from "../src/site.ts";
import { cellsOf } from "./cells.ts";

/** Of more operations than this Redocly's list hides the rest. */
const LISTED_MAX = 8;

/** What a box of code shows of a line on a desk. Rows of the configuration wrap. */
const COLUMNS_MAX = 90;

const { contents, texts } = await pages();
const references = contents.references.map(({ name }) => `${name}.html`);
const known = new Set([...texts.keys(), ...references, "style.css", "icon.svg", "routing.svg"]);

describe("every page", () => {
  test("there are guides and decisions", () => {
    expect([...texts.keys()]).toEqual(expect.arrayContaining(["index.html", "guides/quickstart.html"]));
    expect(contents.decisions.length).toBeGreaterThan(3);
  });

  test.each([...texts])("%s leads somewhere with every link", (path, text) => {
    const links = [...text.matchAll(/ (?:href|src)="([^"]+)"/g)].flatMap((match) => match[1] ?? []);
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((link) => !leadsSomewhere(path, link))).toEqual([]);
  });

  test.each([...texts])("%s brings no script and no foreign host, and is held to that", (_path, text) => {
    expect(text).not.toMatch(/<script|@import|(?:src|href)="(?:https?:)?\/\//);
    expect(text).toContain(`content="default-src 'none'; style-src 'self'; img-src 'self'"`);
  });

  test.each([...texts])("%s has no line of code that is wider than its box", (_path, text) => {
    const blocks = [...text.matchAll(/<pre><code(?! class="language-yaml")[^>]*>([\s\S]*?)<\/code>/g)].map(
      ([, code = ""]) => code,
    );
    const lines = blocks.flatMap((code) => code.replaceAll(/&\w+;|&#\d+;/g, "x").split("\n"));
    expect(lines.filter((line) => line.length > COLUMNS_MAX)).toEqual([]);
  });

  test.each(contents.decisions.map((each) => [each.slug, each] as const))("%s is a decision", (_slug, decision) => {
    expect(decision.date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect(decision.status).toBeTruthy();
    for (const part of ["context", "decision", "rejected"]) expect(decision.html).toContain(`<h2 id="${part}">`);
  });
});

/** Links are relative, so the site may be mounted anywhere; an anchor must be a heading of the page meant. */
function leadsSomewhere(from: string, link: string): boolean {
  const [address = "", anchor] = link.split("#");
  const to = address === "" ? from : posix.join(posix.dirname(from), address);
  return known.has(to) && (anchor === undefined || (texts.get(to) ?? "").includes(`id="${anchor}"`));
}

test.each([
  ["the first page", "index.html", "guides/quickstart.html#ask", true],
  ["a guide", "guides/redirects.html", "../chat-completions.html", true],
  ["a page that is not there", "index.html", "guides/nowhere.html", false],
  ["a heading that is not there", "index.html", "guides/quickstart.html#nowhere", false],
])("a link from %s", (_name, from, link, want) => expect(leadsSomewhere(from, link)).toBe(want));

describe("an article", () => {
  const article = readArticle(
    "2026-11-23-one.md",
    "---\ntitle: One\nsummary: A thing.\n---\n\n## Which `one`?\n\n[two](two.md#a)\n",
  );

  test("has its head, its date and its slug", () => {
    expect(article).toMatchObject({ slug: "2026-11-23-one", date: "2026-11-23", title: "One", summary: "A thing." });
  });
  test("has anchors, and links to pages", () => {
    expect(article.html).toContain('<h2 id="which-one"><a href="#which-one">Which <code>one</code>?</a></h2>');
    expect(article.html).toContain('<a href="two.html#a">two</a>');
  });
  test.each([
    ["no head", "# One"],
    ["no title", "---\nsummary: A.\n---\nText"],
    ["no summary", "---\ntitle: A\n---\nText"],
  ])("is refused by name with %s", (_name, text) => expect(() => readArticle("one.md", text)).toThrow("one.md"));
  test("anchors hold letters and digits only", () => expect(anchorOf("What's in a 307?")).toBe("what-s-in-a-307"));
});

test("the table of errors has a row for each status, and names the documents where they differ", () => {
  const html = tableOf([
    { document: "chat-completions", status: 402, type: "insufficient_quota", message: "None left." },
    { document: "messages", status: 402, type: "billing_error", message: "None left." },
    { document: "messages", status: 400, type: "invalid_request_error", message: "`max_tokens` is missing." },
    { document: "chat-completions", status: 500, type: "api_error", message: "Ours." },
    { document: "messages", status: 500, type: "api_error", message: "Ours." },
  ]);
  expect(cellsOf(html)).toBe(
    "status | type | for example | " +
      "400 | invalid_request_error<small>messages</small> | max_tokens is missing. | " +
      "402 | insufficient_quota<small>chat-completions</small>billing_error<small>messages</small> | None left. | " +
      "500 | api_error | Ours.",
  );
});

describe("a guide that asks for a table", () => {
  test("has it where it asked", () => {
    expect(withTables("<p>a</p><!-- table of b --><p>c</p>", { b: "$&" })).toBe("<p>a</p>$&<p>c</p>");
  });
  test("is refused when there is none of that name", () => {
    expect(() => withTables("<!-- table of b -->", {})).toThrow("there is no table of b");
  });
  test.each(["errors", "translation", "suppliers"])("%s has one made of rows", (guide) => {
    const text = texts.get(`guides/${guide}.html`) ?? "";
    expect(text).not.toContain("<!-- table of");
    expect(text.split("<tr>").length).toBeGreaterThan(12);
  });
});

describe("a guide that asks for a row", () => {
  const text =
    "instruments:\n  - name: zero\n    c: 3\nsuppliers:\n  # Two.\n  - name: one\n    a: <1>\n    # Why.\n    b:\n      - c\n\n  - name: two\n    a: 2";
  const rows = rowsIn(text);

  test("has it as it stands in the example", () => {
    expect([...rows]).toEqual([
      ["one", "  - name: one\n    a: <1>\n    # Why.\n    b:\n      - c\n"],
      ["two", "  - name: two\n    a: 2"],
    ]);
    expect(withRows("<!-- row of two -->", rows)).toBe(
      '<pre><code class="language-yaml">  - name: two\n    a: 2</code></pre>',
    );
    expect(withRows("<!-- row of one -->", rows)).toContain("a: &lt;1&gt;");
  });
  test("is refused when there is none of that name", () => {
    expect(() => withRows("<!-- row of three -->", rows)).toThrow("there is no row of three");
  });
  test("is refused when the file has a row of another form", () => {
    expect(() => rowsIn("suppliers: [{ name: one }]")).toThrow("the row of one is not found");
  });
  test("the guide to suppliers shows every row of the example", async () => {
    const page = texts.get("guides/suppliers.html") ?? "";
    expect(page).not.toContain("<!-- row of");
    const all = [...(await readRows()).keys()];
    expect(all.length).toBeGreaterThan(4);
    for (const name of all) expect(page).toContain(`- name: ${name}\n`);
  });
});

test("no tag of a document has more operations than its reference lists", async () => {
  const spec = new URL("../../../spec/", import.meta.url);
  for (const { name } of contents.references) {
    const folder = new URL(`${name}/paths/`, spec);
    const files = await Promise.all((await readdir(folder)).map((file) => readFile(new URL(file, folder), "utf8")));
    const tags = files.flatMap((text) => [...text.matchAll(/^ {2}tags: \[(\w+)\]$/gm)].map(([, tag = ""]) => tag));
    expect(tags.length).toBeGreaterThan(1);
    for (const [tag, operations] of Map.groupBy(tags, (each) => each))
      expect([tag, operations.length]).toEqual([tag, expect.toSatisfy((count) => count <= LISTED_MAX)]);
  }
});

test.each([
  ["index.html", ""],
  ["guides/errors.html", "../"],
])("the way up from %s", (path, want) => expect(rootOf(path)).toBe(want));

describe("a reference", () => {
  let folder: string;
  let html: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "docs-"));
    const [first] = await readReferences();
    if (!first) throw new Error("The contract lists no document.");
    const file = pathToFileURL(join(folder, "reference.html"));
    await writeReference(first, file);
    html = await readFile(file, "utf8");
  }, 30_000);
  afterAll(() => rm(folder, { recursive: true }));

  test("has its bundle inside", () => expect(html).toContain("hydrate(__redoc_definition"));
  test("is held to its own bytes by a policy, which lets it report to nobody", () => {
    const [, policy = ""] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
    expect(policy).toMatch(/^default-src 'none';/);
    expect(policy).not.toMatch(/https?:|\*|connect-src/);
    // The bundle comes after it: what runs before a policy is read is not bound by it.
    expect(html.indexOf("Content-Security-Policy")).toBeLessThan(html.indexOf("<script"));
  });
  test("loads nothing from a foreign host", () => {
    expect(html).not.toMatch(/<(?:script|img|iframe)[^>]+src="https?:|<link[^>]+href="https?:/);
    expect(html).not.toContain("cdn.redoc.ly");
    expect(html).toContain('"disableTelemetry":true');
  });
  test("lists operations by their names", () => expect(html).toMatch(/title:(\w+)\.summary\|\|\1\.pathName,summary:/));
  test("leads back", () =>
    expect(html.trimEnd()).toMatch(/<a id="home" href="index.html">[^<]+<\/a><\/body><\/html>$/));
  test("a page of a shape we do not know is left alone", () => expect(standingAlone("<p>")).toBe("<p>"));
});
