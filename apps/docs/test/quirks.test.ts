/** Goal: the guide to suppliers knows the quirks and the features that a configuration may name, and no others. */
import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { quirksOf, quirksTable, readQuirks } from "../src/quirks.ts";
import { htmlOfTable } from "../src/table.ts";
import { cellsOf } from "./cells.ts";

describe("quirks", () => {
  test("are those of the configuration's schema, with what may be said", async () => {
    const quirks = await readQuirks();
    expect(quirks.map(({ name }) => name)).toEqual(expect.arrayContaining(["developerRole", "toolIds", "efforts"]));
    expect(quirks.find(({ name }) => name === "content")?.values).toEqual(["parts", "text"]);
    expect(quirks.find(({ name }) => name === "developerRole")).toMatchObject({
      values: ["true", "false"],
      unsaid: "true",
    });
    expect(quirks.find(({ name }) => name === "toolIds")?.values).toEqual([
      "{ alphabet: alphanumeric | word, charsMin?: integer, charsMax: integer }",
    ]);
  });

  test.each<[string, object, string[]]>([
    ["a list", { type: "array", items: { enum: ["low", "high"] } }, ["[low, high]"]],
    [
      "an object",
      { properties: { a: { enum: ["b", "c"] }, d: { type: "integer" } }, required: ["a"] },
      ["{ a: b | c, d?: integer }"],
    ],
    ["a text", { type: "string" }, ["string"]],
    ["anything", {}, ["any"]],
  ])("whose value is %s", (_name, described, want) => {
    const [quirk] = quirksOf(schemaOf({ quirk: { description: "It.", ...described } }));
    expect(quirk?.values).toEqual(want);
  });

  test("without a description are refused", () => {
    expect(() => quirksOf(schemaOf({ shy: {} }))).toThrow("the quirk shy has no description");
  });

  test("stand in a table", () => {
    const html = htmlOfTable(
      quirksTable([
        { name: "loud", values: ["true", "false"], unsaid: "false", meaning: "It <shouts>." },
        { name: "odd", values: ["any"], meaning: "It depends." },
      ]),
    );
    expect(cellsOf(html)).toBe(
      "quirk | value | unless said | meaning | " +
        "loud | true, false | false | It &lt;shouts&gt;. | odd | any | – | It depends.",
    );
  });

  test("of which each feature in the guide is one of the configuration's, and each of those is in the guide", async () => {
    const schema = JSON.parse(
      await readFile(new URL("../../../packages/config/interchange.config.schema.json", import.meta.url), "utf8"),
    ) as { $defs: { features: { items: { enum: string[] } } } };
    const guide = await readFile(new URL("../guides/suppliers.md", import.meta.url), "utf8");
    const [section = ""] = /## Features[\s\S]*?(?=## Quirks)/.exec(guide) ?? [];
    const named = [...section.matchAll(/^\| (`[^|]*) \|/gm)].flatMap(([, cell = ""]) => cell.match(/[\w-]+/g) ?? []);
    expect(named.sort()).toEqual(schema.$defs.features.items.enum.sort());
  });
});

/** A schema of a configuration with these quirks. */
function schemaOf(properties: object): Parameters<typeof quirksOf>[0] {
  return { $defs: { quirks: { properties } } } as Parameters<typeof quirksOf>[0];
}
