/** Documents that satisfy schemas: given a schema, the value wanted. */
import { describe, expect, test } from "vitest";
import { fillerOf } from "../src/filler.ts";

const tree = {
  $ref: "#/$defs/node",
  $defs: { node: { type: "object", required: ["next"], properties: { next: { $ref: "#/$defs/node" } } } },
};

describe("a value for", () => {
  test.each<[string, object, unknown]>([
    ["a text", { type: "string" }, "simulated value"],
    ["a text with bounds", { type: "string", minLength: 17, maxLength: 18 }, "simulated value.."],
    ["a date", { type: "string", format: "date" }, "2026-01-02"],
    ["a constant", { const: 3 }, 3],
    ["an enum", { type: "string", enum: ["b", "a"] }, "b"],
    ["a default", { type: "integer", default: 9 }, 9],
    ["an example", { type: "string", examples: ["Paris"] }, "Paris"],
    ["a number over its bound", { type: "integer", exclusiveMinimum: 4 }, 5],
    ["a multiple", { type: "integer", minimum: 4, multipleOf: 3 }, 6],
    ["a number under its bound", { type: "number", maximum: -2 }, -2],
    ["a nullable", { type: ["null", "boolean"] }, null],
    ["an array", { type: "array", items: { type: "boolean" } }, [true]],
    ["an array with bounds", { type: "array", items: { type: "null" }, minItems: 2 }, [null, null]],
    [
      "only what is required",
      { type: "object", required: ["a"], properties: { a: { type: "null" }, b: {} } },
      { a: null },
    ],
    ["a required property of no schema", { type: "object", required: ["a"] }, { a: "simulated a" }],
    ["properties without a type", { properties: { a: {} }, required: ["a"] }, { a: "simulated a" }],
    [
      "all parts together",
      {
        allOf: [
          { required: ["a"], properties: { a: { const: 1 } } },
          { required: ["b"], properties: { b: { const: 2 } } },
        ],
      },
      { a: 1, b: 2 },
    ],
    ["the first alternative", { oneOf: [{ type: "integer", minimum: 2 }, { type: "string" }] }, 2],
    ["a reference with odd signs", { $ref: "#/$defs/a~1b", $defs: { "a/b": { const: "c" } } }, "c"],
    ["nothing at all", {}, "simulated value"],
  ])("%s", (_, schema, want) => {
    expect(fillerOf(schema as Record<string, unknown>)).toEqual(want);
  });

  test("a schema that refers to itself ends", () => {
    expect(JSON.stringify(fillerOf(tree)).length).toBeLessThan(1000);
  });

  test("a reference that is its own target ends", () => {
    expect(fillerOf({ $ref: "#/$defs/a", $defs: { a: { $ref: "#/$defs/a" } } })).toBe("simulated value");
  });
});
