/** Random values of a contract's schema, with properties besides that the contract does not know. */
import fc from "fast-check";

type Schema = Readonly<Record<string, unknown>>;

const DEPTH_MAX = 8;

/** Values of the schema under that name. What the schema says in ways not known here, the contract's own check must sift. */
export function valuesOf(document: unknown, name: string): fc.Arbitrary<unknown> {
  const { components } = document as { readonly components: { readonly schemas: Record<string, Schema> } };
  return new Values(components.schemas).of({ $ref: `#/components/schemas/${name}` }, 0);
}

class Values {
  readonly #schemas: Readonly<Record<string, Schema>>;

  constructor(schemas: Readonly<Record<string, Schema>>) {
    this.#schemas = schemas;
  }

  of(schema: Schema, depth: number): fc.Arbitrary<unknown> {
    if (typeof schema.$ref === "string")
      return this.of(this.#schemas[schema.$ref.split("/").at(-1) ?? ""] ?? {}, depth);
    if ("const" in schema) return fc.constant(schema.const);
    if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
    const branches = schema.oneOf ?? schema.anyOf;
    if (Array.isArray(branches)) return this.#branch(branches as readonly Schema[], depth);
    return this.#typed(schema, depth);
  }

  /** Deep down only the branches that go no deeper. */
  #branch(branches: readonly Schema[], depth: number): fc.Arbitrary<unknown> {
    const flat = branches.filter((branch) => this.#isFlat(branch));
    const chosen = depth > DEPTH_MAX && flat.length > 0 ? flat : branches;
    return fc.oneof(...chosen.map((branch) => this.of(branch, depth + 1)));
  }

  #isFlat({ $ref, type, oneOf }: Schema): boolean {
    return $ref === undefined && oneOf === undefined && type !== "object" && type !== "array";
  }

  #typed(schema: Schema, depth: number): fc.Arbitrary<unknown> {
    const types = [(schema.type as string | readonly string[] | undefined) ?? "any"].flat();
    return fc.oneof(...types.map((type) => this.#ofType(type, schema, depth)));
  }

  #ofType(type: string, schema: Schema, depth: number): fc.Arbitrary<unknown> {
    switch (type) {
      case "string":
        return texts(schema);
      case "integer":
        return fc.integer(range(schema));
      case "number":
        return fc.double({ ...range(schema), noNaN: true, noDefaultInfinity: true });
      case "boolean":
        return fc.boolean();
      case "null":
        return fc.constant(null);
      case "array":
        return this.#list(schema, depth);
      case "object":
        return this.#object(schema, depth);
      default:
        return fc.jsonValue({ maxDepth: 2 });
    }
  }

  #list({ items, minItems, maxItems }: Schema, depth: number): fc.Arbitrary<unknown> {
    const minLength = typeof minItems === "number" ? minItems : 0;
    const most = depth > DEPTH_MAX ? 1 : 3;
    const maxLength = Math.max(minLength, Math.min(most, typeof maxItems === "number" ? maxItems : most));
    return fc.array(this.of((items ?? {}) as Schema, depth + 1), { minLength, maxLength });
  }

  #object(schema: Schema, depth: number): fc.Arbitrary<unknown> {
    const demanded = (schema.required as readonly string[] | undefined) ?? [];
    const known = Object.entries((schema.properties ?? {}) as Record<string, Schema>)
      .filter(([key]) => depth <= DEPTH_MAX || demanded.includes(key))
      .map(([key, schema]) => [key, this.of(schema, depth + 1)] as const);
    const record = fc.record(Object.fromEntries(known), { requiredKeys: [...demanded] });
    const besides = fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, this.#besides(schema.additionalProperties));
    return fc.tuple(record, besides).map(([one, other]) => ({ ...(one as object), ...other }));
  }

  #besides(additional: unknown): fc.Arbitrary<object> {
    const free = additional === true;
    const values =
      typeof additional === "object" ? this.of(additional as Schema, DEPTH_MAX) : fc.jsonValue({ maxDepth: 2 });
    const keys = free ? fc.string({ maxLength: 6 }) : fc.constantFrom("x_one", "x_two", "__proto__");
    return fc.dictionary(keys, values, { maxKeys: 2 });
  }
}

function texts({ pattern, minLength, maxLength, not }: Schema): fc.Arbitrary<string> {
  if (typeof pattern === "string") return fc.stringMatching(new RegExp(pattern), { size: "small" });
  const min = typeof minLength === "number" ? minLength : 0;
  const max = Math.max(min, Math.min(12, typeof maxLength === "number" ? maxLength : 12));
  const excluded = ((not as Schema | undefined)?.enum ?? []) as readonly string[];
  const some = fc.string({ minLength: min, maxLength: max, unit: "grapheme" });
  return some.filter((text) => !excluded.includes(text));
}

function range({ minimum, maximum, exclusiveMinimum }: Schema): { readonly min?: number; readonly max?: number } {
  return {
    ...(typeof minimum === "number" ? { min: minimum } : {}),
    ...(typeof exclusiveMinimum === "number" ? { min: exclusiveMinimum + 1 } : {}),
    ...(typeof maximum === "number" ? { max: maximum } : {}),
  };
}
