/** Goal: the page of a document shows all of it, stands on its own and leads back; its twin says the same. */

import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { referenceMarkdown } from "../src/reference/markdown.ts";
import { operationsOf } from "../src/reference/operation.ts";
import { referencePage, standingAlone } from "../src/reference/page.ts";
import { type Reference, readReferences } from "../src/reference/reference.ts";
import { follow, typeOf } from "../src/reference/schema.ts";

/** Of more operations than this Redocly's list hides the rest. */
const LISTED_MAX = 8;

const references = await readReferences();

test("no tag of a document has more operations than its reference lists", async () => {
  const spec = new URL("../../../spec/", import.meta.url);
  for (const { name } of references) {
    const folder = new URL(`${name}/paths/`, spec);
    const files = await Promise.all((await readdir(folder)).map((file) => readFile(new URL(file, folder), "utf8")));
    const tags = files.flatMap((text) => [...text.matchAll(/^ {2}tags: \[(\w+)\]$/gm)].map(([, tag = ""]) => tag));
    expect(tags.length).toBeGreaterThan(1);
    for (const [tag, operations] of Map.groupBy(tags, (each) => each))
      expect([tag, operations.length]).toEqual([tag, expect.toSatisfy((count) => count <= LISTED_MAX)]);
  }
});

describe("a reference", () => {
  let html: string;
  const [first] = references as [Reference];
  beforeAll(async () => {
    html = await referencePage(first, references);
  }, 60_000);

  test("has its bundle inside", () => expect(html).toContain("hydrate(__redoc_definition"));
  test("is held to its own host by a policy, which lets it report to nobody", () => {
    const [, policy = ""] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
    expect(policy).toMatch(/^default-src 'none';/);
    expect(policy).not.toMatch(/https?:|\*/);
    expect(policy).toMatch(/connect-src 'self'$/);
    // The bundle comes after it: what runs before a policy is read is not bound by it.
    expect(html.indexOf("Content-Security-Policy")).toBeLessThan(html.indexOf("<script"));
  });
  test("loads nothing from a foreign host", () => {
    expect(html).not.toMatch(/<(?:script|img|iframe)[^>]+src="https?:|<link[^>]+href="https?:/);
    expect(html).not.toContain("cdn.redoc.ly");
    expect(html).toContain('"disableTelemetry":true');
  });
  test("lists operations by their names", () => expect(html).toMatch(/title:(\w+)\.summary\|\|\1\.pathName,summary:/));
  test("has samples that follow the example that is chosen", () => {
    expect(html).toMatch(/(\w+)\.sources\?\.\[\w+\]\?\?\1\.source/);
    expect(html).not.toMatch(/x-codeSamples`\]\?\.map\(/);
    expect(html).toContain('"sources":{"text":');
  });
  test("leads back, to the guides, the other references, its twin and its document", () => {
    const [bar = ""] = /<header id="bar">[\s\S]*?<\/header>/.exec(html) ?? [];
    const links = [...bar.matchAll(/href="([^"]+)"/g)].map(([, link]) => link);
    const others = references.map(({ name }) => `${name}.html`);
    expect(links).toEqual([
      "index.html",
      "index.html#guides",
      ...others,
      `${first.name}.md`,
      `${first.name}.openapi.json`,
    ]);
    expect(html).toContain(`<noscript><p class="unscripted">This page needs a script. <a href="${first.name}.md">`);
  });
  test("a page of a shape we do not know is left alone", () =>
    expect(standingAlone("<p>", first, references)).toBe("<p>"));
});

describe("the twin of a reference", () => {
  test.each(references.map((each) => [each.name, each] as const))(
    "%s has every operation, parameter, status and schema",
    (_, reference) => {
      const text = referenceMarkdown(reference);
      for (const operation of operationsOf(reference.document)) {
        const [section = ""] = text.split(`### ${operation.summary}\n`).slice(1);
        const own = section.split(/^### /m)[0] ?? "";
        expect(own).toContain(`\`${operation.method} ${operation.path}\` · \`${operation.id}\``);
        for (const { name } of operation.parameters) expect(own).toContain(`| \`${name}\` |`);
        for (const { status } of operation.answers) expect(own).toContain(`- **${status}**`);
        expect(own).toContain("**curl**\n\n```sh\ncurl ");
      }
      for (const schema of Object.keys(reference.document.components?.["schemas"] ?? {}))
        expect(text).toContain(`\n### ${schema}\n`);
    },
  );
  test("no operation has the name of a schema or of another", () => {
    for (const { document } of references) {
      const names = operationsOf(document).map(({ summary }) => summary);
      expect(names).toEqual([...new Set(names)]);
    }
  });
});

describe("a document", () => {
  test("that is listed and was not generated is refused", async () => {
    const folder = await mkdtemp(join(tmpdir(), "docs-list-"));
    const list = pathToFileURL(join(folder, "redocly.yaml"));
    await writeFile(list, "apis:\n  not-there: {}\n");
    await expect(readReferences(list)).rejects.toThrow("the document not-there has not been generated");
    await rm(folder, { recursive: true });
  });
  test.each([
    ["a name", { $ref: "#/components/schemas/A" }, "A"],
    ["a list", { type: "array", items: { $ref: "#/components/schemas/A" } }, "list of A"],
    ["words", { enum: ["a", "b"] }, '`"a"` or `"b"`'],
    ["a union", { oneOf: [{ type: "string" }, { type: "null" }] }, "string or null"],
    ["several types", { type: ["string", "null"] }, "string or null"],
    ["one word", { const: 1 }, "`1`"],
    ["anything", {}, "anything"],
  ])("has a type in words: %s", (_, schema, want) => expect(typeOf(schema)).toBe(want));
  test("whose reference leads nowhere is refused by name", () => {
    const [{ document }] = references as [Reference];
    expect(() => follow(document, { $ref: "#/components/schemas/Nothing" })).toThrow(
      "#/components/schemas/Nothing leads nowhere",
    );
  });
});
