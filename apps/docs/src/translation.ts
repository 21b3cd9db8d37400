/** The tables of translation: what becomes of each property of a request in another format, as the contract says it. */
import { readdir, readFile } from "node:fs/promises";
import { parse } from "yaml";
import { codeOf, type Table } from "./table.ts";

/** The contract's own words (`spec/README.md`). */
export const WORDS = ["map", "filter", "named", "inert"] as const;
export type Word = (typeof WORDS)[number];

/** What one property, or a schema as a whole, says of itself. */
export interface Translation {
  readonly document: string;
  /** The schema's title. */
  readonly noun: string;
  /** `file.file_id` where it lies deeper; empty where the schema as a whole is meant. */
  readonly property: string;
  readonly word: Word;
}

const SPEC = new URL("../../../spec/", import.meta.url);

/** Everything that the requests of these documents say, from the request itself inwards. */
export async function readTranslations(documents: readonly string[], spec = SPEC): Promise<Translation[]> {
  const lists = await Promise.all(documents.map((document) => readDocument(document, spec)));
  return lists.flat();
}

async function readDocument(document: string, spec: URL): Promise<Translation[]> {
  const folder = new URL(`${document}/schemas/`, spec);
  const roots = (await readdir(folder).catch(() => [])).filter((file) => /^Create\w+Request\.yaml$/.test(file)).sort();
  const reading: Reading = { document, seen: new Set(), found: [] };
  for (const root of roots) await readNoun(new URL(root, folder), reading);
  return reading.found;
}

interface Reading {
  readonly document: string;
  readonly seen: Set<string>;
  readonly found: Translation[];
}

type Schema = Readonly<Record<string, unknown>>;

interface Place {
  readonly file: URL;
  readonly noun: string;
  /** Where in the noun, as property names. */
  readonly path: readonly string[];
}

/** Each file once, however many others refer to it. */
async function readNoun(file: URL, reading: Reading): Promise<void> {
  if (reading.seen.has(file.href)) return;
  reading.seen.add(file.href);
  const schema = await schemaAt(file);
  await readInside(schema, { file, noun: String(schema["title"]), path: [] }, reading);
}

async function schemaAt(file: URL): Promise<Schema> {
  return parse(await readFile(file, "utf8")) as Schema;
}

async function readInside(schema: Schema, place: Place, reading: Reading): Promise<void> {
  const properties = Object.entries((schema["properties"] ?? {}) as Record<string, Schema>);
  for (const [name, property] of properties) {
    const inner = { ...place, path: [...place.path, name] };
    note(await wordOf(property, place.file), inner, reading);
    await readSchema(property, inner, reading, false);
  }
  for (const member of membersOf(schema)) await readSchema(member, place, reading, true);
}

/** Alternatives of a union and items of a list. */
function membersOf(schema: Schema): Schema[] {
  const lists = ["oneOf", "anyOf", "allOf"].flatMap((key) => (schema[key] ?? []) as Schema[]);
  return typeof schema["items"] === "object" ? [...lists, schema["items"] as Schema] : lists;
}

/** What a member of a union says of itself is said of the noun; what a property refers to was noted with the property. */
async function readSchema(schema: Schema, place: Place, reading: Reading, isMember: boolean): Promise<void> {
  const file = fileOf(schema, place.file);
  if (file === undefined) return readInside(schema, place, reading);
  const target = await schemaAt(file);
  if (isMember && !reading.seen.has(file.href))
    note(target["x-translation"], { file, noun: String(target["title"]), path: [] }, reading);
  return readNoun(file, reading);
}

function fileOf(schema: Schema, from: URL): URL | undefined {
  return typeof schema["$ref"] === "string" ? new URL(schema["$ref"], from) : undefined;
}

async function wordOf(schema: Schema, from: URL): Promise<unknown> {
  const file = fileOf(schema, from);
  return schema["x-translation"] ?? (file && (await schemaAt(file))["x-translation"]);
}

function note(word: unknown, { noun, path }: Place, { document, found }: Reading): void {
  if (word === undefined) return;
  if (!isWord(word)) throw new Error(`${document}: ${noun} says x-translation: ${word}`);
  found.push({ document, noun, property: path.join("."), word });
}

function isWord(word: unknown): word is Word {
  return WORDS.some((known) => known === word);
}

const HEADS: Readonly<Record<Word, string>> = {
  map: "is carried",
  filter: "narrows the choice of supplier",
  named: "is left out, and named",
  inert: "is left out",
};

/** One table for each document, a row for what its nouns say, a column for each word. */
export function translationTables(translations: readonly Translation[]): Table[] {
  return [...Map.groupBy(translations, ({ document }) => document)].map(([document, own]) => {
    const nouns = [...Map.groupBy(own, ({ noun }) => noun)].map(([noun, said]) => ({ noun, cells: cellsOf(said) }));
    const rows = [...Map.groupBy(nouns, ({ cells }) => cells.join("\n")).values()].map((alike) => ({
      head: alike.map(({ noun }) => codeOf(noun)).join(", "),
      cells: alike[0]?.cells ?? [],
    }));
    return { heads: [document, ...WORDS.map((word) => HEADS[word])], rows, isWide: true };
  });
}

/** Nouns whose cells are the same share a row. */
function cellsOf(translations: readonly Translation[]): string[] {
  return WORDS.map((word) => {
    const said = translations.filter((each) => each.word === word).map(({ property }) => property);
    return said.map((property) => (property === "" ? "all of it" : codeOf(property))).join(", ") || "–";
  });
}
