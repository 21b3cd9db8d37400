/** Goal: of a body made of the contract nothing is named but what the contract calls so, and of one with something more that as well. */

import { FORMATS, type Format } from "@interchange/config";
import type { OpenApiDocument } from "@interchange/contract";
import { dialects } from "@interchange/dialects";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { QUESTIONS } from "./rig.ts";
import { arbitraryOf } from "./schema/arbitrary.ts";
import { bodySchemaOf } from "./schema/schema.ts";
import { CONTRACTS } from "./wire.ts";

type Json = Record<string, unknown>;

/** The document with every object closed that it does not open itself. */
function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed);
  if (typeof node !== "object" || node === null) return node;
  const inner = Object.fromEntries(Object.entries(node).map(([name, value]) => [name, closed(value)]));
  const isOpen = typeof inner["properties"] !== "object" || "additionalProperties" in inner;
  return isOpen ? inner : { ...inner, additionalProperties: false };
}

const unknownIn = (surface: Format, body: unknown): readonly string[] => dialects[surface].surface.unknownIn(body);

/** Objects of a body of which the contract lists the properties: itself, and its messages. */
function placesIn(body: Json): readonly (readonly [path: string, place: Json])[] {
  const messages = (body["messages"] ?? []) as readonly Json[];
  return [["", body], ...messages.map((message, nth) => [`messages[${nth}].`, message] as const)];
}

/** The names of the properties, wherever they stand, of which the contract says this in `x-translation`. */
function namesCalled(word: string, document: OpenApiDocument): ReadonlySet<string> {
  const names = new Set<string>();
  const schemas = (document.components?.schemas ?? {}) as unknown as Readonly<Record<string, Json>>;
  const look = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    for (const [name, inner] of Object.entries((node as Json)["properties"] ?? {})) {
      const noun =
        schemas[
          String((inner as Json)["$ref"])
            .split("/")
            .at(-1) ?? ""
        ];
      if (((inner as Json)["x-translation"] ?? noun?.["x-translation"]) === word) names.add(name);
    }
    Object.values(node).forEach(look);
  };
  look(schemas);
  return names;
}

describe.each(FORMATS)("%s", (surface) => {
  const document = CONTRACTS[surface].document as OpenApiDocument;
  const open = closed(document) as OpenApiDocument;
  const bodies = arbitraryOf(open, bodySchemaOf(open, QUESTIONS[surface].path)) as fc.Arbitrary<Json>;

  const named = namesCalled("named", document);

  test("Q24 what is of the contract is known, but for what it calls `named`", () => {
    expect(named.size).toBeGreaterThan(0);
    fc.assert(
      fc.property(bodies, (body) => {
        const last = unknownIn(surface, body).map((path) => path.split(".").at(-1) ?? "");
        expect(last.filter((name) => !named.has(name))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test("Q24 what is not is found where it is, and nothing else", () => {
    fc.assert(
      fc.property(bodies, fc.nat(), fc.jsonValue({ maxDepth: 2 }), (body, nth, value) => {
        const strange = structuredClone(body);
        const before = unknownIn(surface, body);
        const places = placesIn(strange);
        const [path, place] = places[nth % places.length] as readonly [string, Json];
        place["x_mood"] = value;
        expect(unknownIn(surface, strange).toSorted()).toEqual([...before, `${path}x_mood`].toSorted());
      }),
      { numRuns: 500 },
    );
  });
});
