/** Schemas as emitted code spells their types. */
import { expect, test } from "vitest";
import { jsonType } from "../src/emit/json-type.ts";

test.each([
  [{ $ref: "#/components/schemas/Error", description: "Words." }, "Contract.Error"],
  [{ const: "no-store" }, '"no-store"'],
  [{ type: "string", enum: ["asc", "desc"] }, '"asc" | "desc"'],
  [{ type: ["string", "null"] }, "string | null"],
  [{ type: ["integer", "number"] }, "number"],
  [{ oneOf: [{ $ref: "#/components/schemas/One" }, { type: "null" }] }, "Contract.One | null"],
  [{ type: "array", items: { type: "string" } }, "readonly (string)[]"],
  [{ type: "object" }, "Record<string, unknown>"],
  [{ type: "object", additionalProperties: { type: "number" } }, "Record<string, number>"],
  [
    { type: "object", required: ["a"], properties: { a: { type: "string" }, "b-c": { type: "boolean" } } },
    '{ a: string; "b-c"?: boolean }',
  ],
])("%j → %s", (schema, want) => {
  expect(jsonType(schema)).toBe(want);
});

test.each([[{}], [{ allOf: [] }], [{ $ref: "#/components/schemas/One", maxLength: 1 }]])(
  "%j cannot be spelled",
  (schema) => {
    expect(() => jsonType(schema)).toThrow("cannot spell the type");
  },
);
