/** JSON Schema as far as the contract uses it (draft 2020-12): which keywords there are, and how to walk them. */

export interface Schema {
  readonly [keyword: string]: unknown;
}

/** What stands behind a keyword: one schema, a list of them, a map of them by name, a rule, or words for people. */
type Kind = "schema" | "schemas" | "named" | "rule" | "words";

/** Every keyword the generator knows. One that is not here stops it, so that none is passed over in silence. */
const kinds: Readonly<Record<string, Kind>> = {
  additionalProperties: "schema",
  items: "schema",
  propertyNames: "schema",
  not: "schema",
  if: "schema",
  then: "schema",
  else: "schema",
  allOf: "schemas",
  anyOf: "schemas",
  oneOf: "schemas",
  prefixItems: "schemas",
  properties: "named",
  patternProperties: "named",
  $ref: "rule",
  const: "rule",
  enum: "rule",
  exclusiveMaximum: "rule",
  exclusiveMinimum: "rule",
  maxItems: "rule",
  maxLength: "rule",
  maxProperties: "rule",
  maximum: "rule",
  minItems: "rule",
  minLength: "rule",
  minProperties: "rule",
  minimum: "rule",
  multipleOf: "rule",
  pattern: "rule",
  required: "rule",
  type: "rule",
  uniqueItems: "rule",
  deprecated: "words",
  description: "words",
  examples: "words",
  format: "words",
  title: "words",
};

export const isSchema = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The kind of a keyword. Extensions (`x-…`) are words. Throws on a keyword that is not known. */
const kindOf = (keyword: string): Kind => {
  const kind = keyword.startsWith("x-") ? "words" : kinds[keyword];
  if (kind === undefined) throw new Error(`the generator does not know the schema keyword "${keyword}"`);
  return kind;
};

/** The same schema with `change` done to it and to every schema in it, innermost first. */
export function rewriteSchema(schema: Schema, change: (schema: Schema) => Schema): Schema {
  const inner = (value: unknown) => (isSchema(value) ? rewriteSchema(value, change) : value);
  const byKind: Record<Kind, (value: unknown) => unknown> = {
    schema: inner,
    schemas: (value) => (value as unknown[]).map(inner),
    named: (value) => Object.fromEntries(Object.entries(value as Schema).map(([name, each]) => [name, inner(each)])),
    rule: (value) => value,
    words: (value) => value,
  };
  return change(
    Object.fromEntries(Object.entries(schema).map(([keyword, value]) => [keyword, byKind[kindOf(keyword)](value)])),
  );
}

/** The schema with its rules only: what a validator needs and nothing that people read. */
export const rulesOf = (schema: Schema): Schema =>
  rewriteSchema(schema, (each) =>
    Object.fromEntries(Object.entries(each).filter(([keyword]) => kindOf(keyword) !== "words")),
  );

/** Every keyword that stands anywhere in the schema. */
export function keywordsOf(schema: Schema): Set<string> {
  const found = new Set<string>();
  rewriteSchema(schema, (each) => {
    for (const keyword of Object.keys(each)) found.add(keyword);
    return each;
  });
  return found;
}

/** The component's name when the schema is nothing but a reference to one, with or without words of its own. */
export function componentName({ $ref, ...rest }: Schema): string | undefined {
  const isBare = typeof $ref === "string" && Object.keys(rest).every((keyword) => kindOf(keyword) === "words");
  return isBare ? $ref.replace("#/components/schemas/", "") : undefined;
}
