/** A union that is decided accepts what the plain one accepts, and says of the rest what is wrong with the member that was meant. */
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import type { Schema } from "../src/schema.ts";
import { decideUnions } from "../src/union.ts";

const tagged = (word: string, more: Schema = { type: "string" }): Schema => ({
  type: "object",
  required: ["type"],
  properties: { type: { const: word }, more },
});

const other: Schema = {
  type: "object",
  required: ["type"],
  properties: { type: { type: "string", not: { enum: ["a", "b"] } } },
};

const unions: Record<string, Schema[]> = {
  "two tags": [tagged("a"), tagged("b")],
  "two tags and every other word": [tagged("a"), tagged("b"), other],
  "two tags and null": [tagged("a"), tagged("b"), { type: "null" }],
  "a text or a list": [
    { type: "string", minLength: 2 },
    { type: "array", items: { oneOf: [tagged("a"), tagged("b")] } },
  ],
  "numbers that overlap": [{ type: "integer" }, { type: "number", minimum: 1 }],
  "words and a text": [{ enum: ["a", null] }, { type: "boolean" }, { const: 7 }],
  "the same tag twice": [tagged("a"), tagged("a", { type: "number" })],
  "no tag": [
    { type: "object", required: ["a"], properties: { a: {} } },
    { type: "object", required: ["b"], properties: { b: {} } },
  ],
  "a tag that may be absent": [{ type: "object", properties: { type: { const: "a" } } }, tagged("b")],
  "an other that takes a known word": [
    tagged("a"),
    tagged("b"),
    { type: "object", required: ["type"], properties: { type: { type: "string", not: { enum: ["a"] } } } },
  ],
  "a component and null": [{ $ref: "#/components/schemas/Union" }, { type: "null" }],
  "a tagged member that may be null": [{ ...tagged("a"), type: ["object", "null"] }, tagged("b")],
  "an other that may be null": [tagged("a"), tagged("b"), { ...other, type: ["object", "null"] }],
  "no type said": [{ minimum: 3 }, { type: "string" }],
};

const components: Record<string, Schema> = { Union: { oneOf: [tagged("a"), tagged("b"), other] } };

const scalars = [null, true, 0, 1, 1.5, 3, 7, "", "a", "ab"];
const objects = ["a", "b", "c", 1, null].flatMap((type) => [{ type }, { type, more: "x" }, { type, more: 1 }]);
const values: unknown[] = [
  ...scalars,
  ...objects,
  {},
  { a: 1 },
  { b: 1 },
  { a: 1, b: 1 },
  [],
  [{ type: "a" }],
  [{ type: "c" }],
  ["a"],
];

const compile = (schema: Schema, decide: boolean) => {
  const change = (each: Schema) => (decide ? decideUnions(each, components) : each);
  const schemas = Object.fromEntries(Object.entries(components).map(([name, each]) => [name, change(each)]));
  return new Ajv2020({ strict: false, discriminator: true }).compile({ ...change(schema), components: { schemas } });
};

describe("a decided union accepts what the plain one does:", () => {
  test.each(Object.keys(unions))("%s", (name) => {
    const schema = { oneOf: unions[name] };
    const [plain, decided] = [compile(schema, false), compile(schema, true)];
    const accepted = values.filter((value) => plain(value));
    expect(accepted.length).toBeGreaterThan(0);
    expect(values.filter((value) => decided(value))).toEqual(accepted);
  });
});

test("a union with rules beside it is left as it is", () => {
  const schema = { type: "object", required: ["more"], oneOf: [tagged("a"), { type: "null" }] };
  expect(decideUnions(schema, components)).toEqual(schema);
});

describe("the first error is about the member that was meant:", () => {
  const union = { oneOf: [{ type: "string" }, { type: "array", items: { oneOf: [tagged("a"), tagged("b"), other] } }] };
  test.each([
    [7, "", "type", "must be string,array"],
    [[{ type: "a", more: 1 }], "/0/more", "type", "must be string"],
    [["x"], "/0", "type", "must be object"],
    [[{}], "/0", "required", "must have required property 'type'"],
    [[{ type: 1 }], "/0/type", "type", "must be string"],
  ])("%j", (value, instancePath, keyword, message) => {
    const decided = compile(union, true);
    expect(decided(value)).toBe(false);
    expect(decided.errors?.[0]).toMatchObject({ instancePath, keyword, message });
  });
});
