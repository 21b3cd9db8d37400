/** The real contract: which keywords it uses, and that deciding its unions changes nothing of what it accepts. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type Document, readDocuments } from "../src/document.ts";
import { keywordsOf, rulesOf, type Schema } from "../src/schema.ts";
import { decideUnions } from "../src/union.ts";

const spec = resolve(import.meta.dirname, "../../../spec");
const documents = await readDocuments(join(spec, "redocly.yaml"));

/** A keyword that is not here is one that nobody has looked at yet: see what every emitter makes of it before adding it. */
const keywords = [
  "$ref",
  "additionalProperties",
  "const",
  "deprecated",
  "description",
  "enum",
  "examples",
  "format",
  "items",
  "maxItems",
  "maxLength",
  "maximum",
  "minItems",
  "minLength",
  "minimum",
  "not",
  "oneOf",
  "pattern",
  "properties",
  "required",
  "title",
  "type",
  "x-default",
  "x-pattern-says",
  "x-translation",
];

test("the schemas use these keywords and no others", () => {
  const schemas = documents.flatMap((document) => Object.values(document.schemas));
  const used = new Set(schemas.flatMap((schema) => [...keywordsOf(schema)]));
  expect([...used].sort()).toEqual(keywords);
});

/** A validator of one component, with its unions decided or as they are written. */
function compile({ schemas }: Document, name: string, change: (schema: Schema) => Schema) {
  const components = Object.fromEntries(
    Object.entries(schemas).map(([each, schema]) => [each, change(rulesOf(schema))]),
  );
  const ajv = new Ajv2020({ strict: false, discriminator: true });
  return ajv.compile({ $ref: `#/components/schemas/${name}`, components: { schemas: components } });
}

/** The value itself, then the value with each part of it left out or made something else. */
function* mutants(value: unknown): Generator<unknown> {
  yield value;
  for (const scalar of [null, 7, "word", [], {}, { type: "word" }]) yield scalar;
  if (typeof value !== "object" || value === null) return;
  for (const [name, part] of Object.entries(value)) {
    const others = Object.entries(value).filter(([each]) => each !== name);
    if (!Array.isArray(value)) yield Object.fromEntries(others);
    for (const mutant of mutants(part))
      yield Array.isArray(value) ? value.with(Number(name), mutant) : { ...value, [name]: mutant };
  }
}

/** Every example in the document: requests, answers, events and errors alike. */
const examplesIn = ({ bundle }: Document): unknown[] => {
  const { examples } = bundle.components as unknown as { examples: Record<string, { value: unknown }> };
  return Object.values(examples).map(({ value }) => value);
};

describe.each(documents.map((document) => [document.name, document] as const))("%s", (_, document) => {
  const wanted = document.operations.flatMap(({ request, responses }) => [
    request,
    ...responses.map(({ events }) => events),
  ]);
  const names = wanted.flatMap((schema) => (schema ? [String(schema["$ref"]).split("/").at(-1) ?? ""] : []));

  test.each(names)("%s accepts the same examples and mutants of them when its unions are decided", (name) => {
    const plain = compile(document, name, (schema) => schema);
    const decided = compile(document, name, (schema) => decideUnions(schema, document.schemas));
    const counts = { true: 0, false: 0 };
    for (const example of examplesIn(document))
      for (const value of mutants(example)) {
        const want = plain(value);
        counts[`${want}`] += 1;
        if (decided(value) !== want) expect.fail(`${want ? "refused" : "accepted"}: ${JSON.stringify(value)}`);
      }
    expect(counts.true).toBeGreaterThan(10);
    // A request in which nothing is required refuses little.
    expect(counts.false).toBeGreaterThan(100);
  });
});

/** The streams among the situations of a document, each by its file. */
const streamsIn = ({ name }: Document): [string, Record<string, unknown>[]][] =>
  readdirSync(join(spec, name, "examples"))
    .map((file): [string, unknown] => [file, parse(readFileSync(join(spec, name, "examples", file), "utf8")).events])
    .filter((row): row is [string, Record<string, unknown>[]] => Array.isArray(row[1]));

const closing = documents.flatMap((document) =>
  document.operations.flatMap(({ stream }) =>
    stream?.last === undefined ? [] : [{ document, tag: stream.event ?? "", last: stream.last }],
  ),
);

test("there is a document whose streams have a last event", () => {
  expect(closing.map(({ document, last }) => `${document.name}: ${last}`)).toEqual(["messages: message_stop"]);
});

/** The situation in which the caller leaves before the end. */
const LEFT = "client-leaves.yaml";

test.each(closing)(
  "every stream of $document.name ends with $last, once, or with an error",
  ({ document, tag, last }) => {
    const streams = streamsIn(document);
    expect(streams.length).toBeGreaterThan(10);
    for (const [file, events] of streams) {
      const ends = events.flatMap((event, index) => (event[tag] === last || "error" in event ? [index] : []));
      expect(ends, file).toEqual(file === LEFT ? [] : [events.length - 1]);
    }
  },
);
