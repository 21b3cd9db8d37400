/** Goal: the tables of translation say what the contract says. Method: a contract of our own, and the real one's requests. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { readReferences } from "../src/reference/reference.ts";
import { htmlOfTable } from "../src/table.ts";
import { readTranslations, type Translation, translationTables } from "../src/translation.ts";
import { cellsOf } from "./cells.ts";

describe("translation", () => {
  let folder: string;
  const spec = () => pathToFileURL(`${folder}/`);
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "docs-"));
    await mkdir(join(folder, "telegram/schemas"), { recursive: true });
  });
  afterAll(() => rm(folder, { recursive: true }));
  const write = (file: string, schema: object) =>
    writeFile(join(folder, "telegram/schemas", file), JSON.stringify(schema));

  test("is read from the request inwards, each noun once", async () => {
    await write("CreateTelegramRequest.yaml", {
      title: "CreateTelegramRequest",
      properties: {
        text: { type: "string", "x-translation": "map" },
        stamp: { $ref: "./Stamp.yaml" },
        pages: { items: { oneOf: [{ $ref: "./Page.yaml" }, { type: "null" }] }, "x-translation": "map" },
        last: { $ref: "./Page.yaml", "x-translation": "map" },
      },
    });
    await write("Stamp.yaml", { title: "Stamp", "x-translation": "inert", type: "string" });
    await write("Page.yaml", {
      title: "Page",
      "x-translation": "filter",
      properties: { ink: { properties: { colour: { "x-translation": "inert" } } }, size: { type: "integer" } },
    });
    await write("Unused.yaml", { title: "Unused", properties: { a: { "x-translation": "map" } } });
    const found = await readTranslations(["telegram", "nowhere"], spec());
    expect(found.map(({ noun, property, word }) => `${noun}.${property} ${word}`)).toEqual([
      "CreateTelegramRequest.text map",
      "CreateTelegramRequest.stamp inert",
      "CreateTelegramRequest.pages map",
      "Page. filter",
      "Page.ink.colour inert",
      "CreateTelegramRequest.last map",
    ]);
  });

  test("is refused with a word that is none", async () => {
    await write("CreateTelegramRequest.yaml", { title: "T", properties: { text: { "x-translation": "keep" } } });
    await expect(readTranslations(["telegram"], spec())).rejects.toThrow("telegram: T says x-translation: keep");
  });

  test("has a table for each document, and a row for nouns that say the same", () => {
    const said = (noun: string, property: string, word: Translation["word"]) => ({
      document: "telegram",
      noun,
      property,
      word,
    });
    const tables = translationTables([
      said("Telegram", "text", "map"),
      said("Telegram", "stamp", "inert"),
      said("Telegram", "ink", "inert"),
      said("Telegram", "scent", "named"),
      said("Page", "", "filter"),
      said("Sheet", "", "filter"),
    ]);
    expect(tables.map(htmlOfTable).map(cellsOf)).toEqual([
      "telegram | is carried | narrows the choice of supplier | is left out, and named | is left out | " +
        "Telegram | text | – | scent | stamp, ink | Page, Sheet | – | all of it | – | –",
    ]);
  });

  test("names every property of both requests", async () => {
    const found = await readTranslations((await readReferences()).map(({ name }) => name));
    for (const { noun, properties } of await requests()) {
      const named = found.filter((each) => each.noun === noun).map(({ property }) => property);
      expect(named).toEqual(properties);
    }
  });
});

/** The properties of the two requests, as the contract lists them. */
async function requests(): Promise<{ noun: string; properties: string[] }[]> {
  const nouns = [
    ["chat-completions", "CreateChatCompletionRequest"],
    ["messages", "CreateMessageRequest"],
  ];
  return Promise.all(
    nouns.map(async ([document, noun = ""]) => {
      const file = new URL(`../../../spec/${document}/schemas/${noun}.yaml`, import.meta.url);
      const { properties } = parse(await readFile(file, "utf8")) as { properties: object };
      return { noun, properties: Object.keys(properties) };
    }),
  );
}
