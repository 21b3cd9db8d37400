/** Goal: what a guide asks for stands where it asked, in the page and in its twin, and says what its source says. */
import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { insertOfCode, insertOfTables, withInserts } from "../src/insert.ts";
import { readRows, rowsIn } from "../src/rows.ts";
import { readSite } from "../src/site.ts";
import { readEvents } from "../src/streams.ts";
import { htmlOfTable, markdownOfTable, plainOf } from "../src/table.ts";

const { texts } = await readSite();

describe("a guide that asks", () => {
  test("has it where it asked", () => {
    const inserts = { "table of b": { html: "$&", markdown: "| b |" } };
    expect(withInserts("<p>a</p><!-- table of b --><p>c</p>", inserts, "html")).toBe("<p>a</p>$&<p>c</p>");
    expect(withInserts("a\n<!-- table of b -->\nc", inserts, "markdown")).toBe("a\n| b |\nc");
  });
  test.each(["table of b", "row of three", "events of nothing"])("is refused when there is no %s", (name) => {
    expect(() => withInserts(`<!-- ${name} -->`, {}, "html")).toThrow(`there is no ${name}`);
  });
  test.each(["errors", "translation", "suppliers"])("%s has one made of rows, in both forms", (guide) => {
    expect((texts.get(`guides/${guide}.html`) ?? "").split("<tr>").length).toBeGreaterThan(12);
    expect((texts.get(`guides/${guide}.md`) ?? "").split("\n| ").length).toBeGreaterThan(12);
  });
});

describe("a table", () => {
  const table = { heads: ["a", "`b`"], rows: [{ head: "1", cells: ["x | `y|z`"] }], isWide: true };

  test("is HTML in a page", () => {
    expect(htmlOfTable(table)).toBe(
      '<div class="scroll"><table class="names"><thead><tr><th scope="col">a</th><th scope="col"><code>b</code></th></tr></thead>' +
        '<tbody><tr><th scope="row">1</th><td>x | <code>y|z</code></td></tr></tbody></table></div>',
    );
  });
  test("is Markdown in a twin, where a stroke within a cell is none between cells", () => {
    expect(markdownOfTable(table)).toBe("| a | `b` |\n| --- | --- |\n| 1 | x \\| `y\\|z` |");
  });
  test("a text in it stands as it is", () => {
    const html = htmlOfTable({ heads: ["a"], rows: [{ head: plainOf("<b> *c*\n[d](e)"), cells: [] }] });
    expect(html).toContain("&lt;b&gt; *c* [d](e)</th>");
  });
  test("several follow each other, and code is fenced", () => {
    expect(insertOfTables(table, table).markdown.split("| --- |").length).toBe(3);
    expect(insertOfCode("a: <1>\n", "yaml")).toEqual({
      html: '<pre tabindex="0"><code class="language-yaml">a: &lt;1&gt;\n</code></pre>\n',
      markdown: "\n```yaml\na: <1>\n```\n",
    });
  });
});

describe("a row of the configuration", () => {
  const text =
    "instruments:\n  - name: zero\n    c: 3\nsuppliers:\n  # Two.\n  - name: one\n    a: <1>\n    # Why.\n    b:\n      - c\n\n  - name: two\n    a: 2";

  test("stands as it does in the example", () => {
    expect([...rowsIn(text)]).toEqual([
      ["one", "  - name: one\n    a: <1>\n    # Why.\n    b:\n      - c\n"],
      ["two", "  - name: two\n    a: 2"],
    ]);
  });
  test("is refused when the file has it in another form", () => {
    expect(() => rowsIn("suppliers: [{ name: one }]")).toThrow("the row of one is not found");
  });
  test("the guide to suppliers shows every row of the example", async () => {
    const all = [...(await readRows()).keys()];
    expect(all.length).toBeGreaterThan(4);
    for (const form of ["html", "md"])
      for (const name of all) expect(texts.get(`guides/suppliers.${form}`)).toContain(`- name: ${name}\n`);
  });
});

describe("the events of a stream", () => {
  test.each([
    ["chat-completions", /^data: \{"id":/, /data: \[DONE\]\n$/],
    ["messages", /^event: message_start\ndata: \{"type":"message_start"/, /event: message_stop\ndata: .*\n$/],
  ])("of %s are framed as on the wire, from the first to the last", async (document, first, last) => {
    const events = await readEvents(document);
    expect(events).toMatch(first);
    expect(events).toMatch(last);
  });
  test("are those of the contract's example", async () => {
    const file = new URL("../../../spec/messages/examples/text.yaml", import.meta.url);
    const { events } = parse(await readFile(file, "utf8")) as { events: object[] };
    const shown = [...(await readEvents("messages")).matchAll(/^data: (.*)$/gm)].map(([, json = ""]) =>
      JSON.parse(json),
    );
    expect(events).toEqual(expect.arrayContaining(shown));
  });
});
