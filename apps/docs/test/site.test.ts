/** Goal: every page reads well and stands on its own, and each has a Markdown twin. Method: make them all and look at each. */
import { describe, expect, test } from "vitest";
import { anchorOf, readArticle } from "../src/article.ts";
import { rootOf, twinOf } from "../src/page.ts";
import { readSite } from "../src/site.ts";

/** What a box of code shows of a line on a desk. Rows of the configuration and events wrap. */
const COLUMNS_MAX = 90;

const { contents, texts } = await readSite();
const pages = [...texts].filter(([path]) => path.endsWith(".html"));

describe("every page", () => {
  test("there are guides and decisions, and a changelog", () => {
    const paths = pages.map(([path]) => path);
    expect(paths).toEqual(expect.arrayContaining(["index.html", "guides/quickstart.html", "changelog.html"]));
    expect(contents.decisions.length).toBeGreaterThan(3);
  });

  test.each(pages)("%s brings no scripts but its own and no foreign host, and is held to that", (path, text) => {
    const scripts = text.match(/<script[^>]*>/g) ?? [];
    expect(scripts).toEqual([
      `<script src="${rootOf(path)}colour-mode.js">`,
      `<script type="module" src="${rootOf(path)}search.js">`,
    ]);
    expect(text).not.toMatch(/@import|(?:src|href)="(?:https?:)?\/\/|<\w[^>]* (?:style|on\w+)="/);
    expect(text).toContain(
      `content="default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';`,
    );
  });

  test.each(pages)("%s has a Markdown twin that begins with a title and says what it is", (path, text) => {
    expect(text).toContain(`<link rel="alternate" href="${rootOf(path)}${twinOf(path)}" type="text/markdown"`);
    const twin = texts.get(twinOf(path)) ?? "";
    expect(twin).toMatch(/^# .+\n\n> .+\n\n/);
    expect(twin).not.toMatch(/<!-- (?:table|row|events) of|<\/?(?:table|div|pre|td)\b/);
  });

  test.each(pages)("%s has no line of code that is wider than its box", (_path, text) => {
    const blocks = [
      ...text.matchAll(/<pre[^>]*><code(?! class="language-(?:yaml|text)")[^>]*>([\s\S]*?)<\/code>/g),
    ].map(([, code = ""]) => code);
    const lines = blocks.flatMap((code) => code.replaceAll(/&\w+;|&#\d+;/g, "x").split("\n"));
    expect(lines.filter((line) => line.length > COLUMNS_MAX)).toEqual([]);
  });

  test.each(contents.decisions.map((each) => [each.slug, each] as const))("%s is a decision", (_slug, decision) => {
    expect(decision.date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect(decision.status).toBeTruthy();
    for (const part of ["context", "decision", "rejected"]) expect(decision.html).toContain(`<h2 id="${part}">`);
  });
});

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

test.each([
  ["index.html", ""],
  ["guides/errors.html", "../"],
])("the way up from %s", (path, want) => expect(rootOf(path)).toBe(want));

describe("what a language model is given", () => {
  const list = texts.get("llms.txt") ?? "";
  const full = texts.get("llms-full.txt") ?? "";

  test("the list has every twin and every document", () => {
    for (const path of texts.keys())
      if (/\.md$|\.openapi\.json$/.test(path) && path !== "index.md") expect(list).toContain(`](${path})`);
    expect(list).toMatch(/^# Interchange\n\n> .+\n/);
  });
  test("the whole has the text of every twin", () => {
    for (const [path, text] of texts)
      if (path.endsWith(".md") && path !== "index.md") expect(full).toContain(`<!-- ${path} -->\n\n${text.trim()}`);
  });
});
