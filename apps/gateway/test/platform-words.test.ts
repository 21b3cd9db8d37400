/** The words of the platform's market are those of the configuration and of the engine: what one can say, the other can too. */
import { readFileSync } from "node:fs";
import { document } from "@interchange/contract/platform";
import { dialects } from "@interchange/dialects";
import { FEATURES } from "@interchange/inference";
import { describe, expect, test } from "vitest";

interface Schema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
}

const CONFIG = JSON.parse(
  readFileSync(new URL("../../../packages/config/interchange.config.schema.json", import.meta.url), "utf8"),
).$defs;
const SCHEMAS = document.components?.schemas as Readonly<Record<string, Schema>>;

const snake = (word: string): string => word.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** What a value may be, with names as the platform spells them and without what differs between the two: words for people. */
function rulesOf(schema: Schema): unknown {
  const { properties, required, items } = schema;
  return {
    type: schema.enum === undefined ? schema.type : "string",
    enum: schema.enum,
    bounds: [schema.minimum, schema.maximum, schema.minItems],
    required: required?.map(snake),
    items: items && rulesOf(items),
    properties:
      properties &&
      Object.fromEntries(Object.entries(properties).map(([name, each]) => [snake(name), rulesOf(each)] as const)),
  };
}

describe("the platform says as the configuration does", () => {
  test("every quirk", () => {
    expect(Object.keys(SCHEMAS["Quirks"]?.properties ?? {})).not.toEqual([]);
    expect(rulesOf(SCHEMAS["Quirks"] as Schema)).toEqual(rulesOf(CONFIG.quirks));
  });

  test.each<[name: string, settings: Schema]>([
    ["FloorSettings", CONFIG.instrument.properties.floors],
    ["TimeoutSettings", CONFIG.supplier.properties.timeouts],
    ["LimitSettings", CONFIG.instrument.properties.limits],
  ])("every property of %s", (name, { properties = {} }) => {
    expect(Object.keys(SCHEMAS[name]?.properties ?? {}).sort()).toEqual(Object.keys(properties).map(snake).sort());
  });

  test.each<[name: string, words: readonly string[]]>([
    ["Feature", FEATURES],
    ["Tier", CONFIG.instrument.properties.tier.enum],
    ["Modality", CONFIG.instrument.properties.modalities.items.enum],
    ["Dialect", Object.keys(dialects)],
    ["Surface", Object.keys(dialects)],
  ])("every word of %s", (name, words) => {
    expect(SCHEMAS[name]?.enum).toEqual(words);
  });
});
