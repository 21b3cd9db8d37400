/** Values that a schema accepts, as a fast-check arbitrary: the plain ones mostly, the odd ones now and then. */
import type { OpenApiDocument } from "@interchange/contract";
import fc, { type Arbitrary } from "fast-check";
import { formsOf, opened, propertiesOf, requiredOf, type Schema, typesOf } from "./schema.ts";
import { wordsFor } from "./words.ts";

/** One for each schema that was met, since making them costs more than using them. */
type Known = Map<Schema, Arbitrary<unknown>>;

/** `fixed` are properties of the whole that are there each time, with one value. */
export function arbitraryOf(
  document: OpenApiDocument,
  schema: Schema,
  fixed: Readonly<Record<string, unknown>> = {},
): Arbitrary<unknown> {
  const whole = opened(document, schema);
  const properties = { ...(whole["properties"] as object), ...constants(fixed) };
  const required = [...new Set([...requiredOf(whole), ...Object.keys(fixed)])];
  return anyOf({ document, known: new Map() }, { ...whole, properties, required });
}

function constants(fixed: Readonly<Record<string, unknown>>): Record<string, Schema> {
  return Object.fromEntries(Object.entries(fixed).map(([name, value]) => [name, { const: value }]));
}

interface Context {
  readonly document: OpenApiDocument;
  readonly known: Known;
}

function anyOf(context: Context, schema: Schema): Arbitrary<unknown> {
  const known = context.known.get(schema);
  if (known !== undefined) return known;
  const forms = formsOf(context.document, schema).map((form) => ofForm(context, form.schema));
  const made = forms.length === 1 ? (forms[0] as Arbitrary<unknown>) : fc.oneof(...forms);
  context.known.set(schema, made);
  return made;
}

function ofForm(context: Context, schema: Schema): Arbitrary<unknown> {
  if (schema["const"] !== undefined) return fc.constant(schema["const"]);
  const words = schema["enum"] as readonly unknown[] | undefined;
  if (words !== undefined) return fc.constantFrom(...words);
  if (schema["type"] === undefined) return anyJson;
  const types = typesOf(schema).map((type) => OF_TYPE[type](context, schema));
  return types.length === 1 ? (types[0] as Arbitrary<unknown>) : fc.oneof(...types);
}

const OF_TYPE: Readonly<
  Record<ReturnType<typeof typesOf>[number], (context: Context, schema: Schema) => Arbitrary<unknown>>
> = {
  null: () => fc.constant(null),
  boolean: () => fc.boolean(),
  integer: (_, schema) => anyInteger(schema),
  number: (_, schema) => anyNumber(schema),
  string: (_, schema) => anyText(schema),
  array: anyArray,
  object: anyObject,
};

const anyJson = fc.jsonValue({ maxDepth: 3, stringUnit: "binary" });

/** Whole numbers without an end reach beyond what is exact, since the contract calls them whole all the same. */
function anyInteger(schema: Schema): Arbitrary<unknown> {
  const { minimum, maximum } = schema as Record<string, number | undefined>;
  const min = minimum ?? -1_000;
  const near = fc.integer({ min, max: maximum ?? Math.max(min, 0) + 1_000 });
  const ends = fc.constantFrom(min, maximum ?? Number.MAX_SAFE_INTEGER);
  const far = fc.constantFrom(...(maximum === undefined ? [2 ** 31, 2 ** 53, 1e21, 1e300] : [maximum]));
  return weighted([12, near], [2, ends], [1, far]);
}

function anyNumber(schema: Schema): Arbitrary<unknown> {
  const { minimum = -1e9, maximum = 1e9 } = schema as Record<string, number | undefined>;
  const any = fc.double({ min: minimum, max: maximum, noNaN: true });
  return weighted([6, any], [1, fc.constantFrom(minimum, maximum, Math.max(minimum, 0))]);
}

function weighted(
  ...choices: readonly (readonly [weight: number, arbitrary: Arbitrary<unknown>])[]
): Arbitrary<unknown> {
  return fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })));
}

/** Texts that have broken others before. */
const ODD_TEXTS: readonly string[] = [
  "__proto__",
  "constructor",
  "\0",
  "\ud800",
  "a\udc00b",
  "\u2028\ufeff",
  "𝄞🏴‍☠️",
  "data: [DONE]\n\n",
  "</script>",
  "ä".repeat(5_000),
];

function anyText(schema: Schema): Arbitrary<unknown> {
  const pattern = schema["pattern"] as string | undefined;
  if (pattern !== undefined) return fc.constantFrom(...wordsFor(pattern).matching);
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY } = schema as Record<string, number | undefined>;
  const max = Math.min(maxLength, minLength + 12);
  const plain = fc.string({ minLength, maxLength: max });
  const wide = fc.string({ minLength, maxLength: max, unit: "binary" });
  const odd = ODD_TEXTS.filter((text) => [...text].length >= minLength && [...text].length <= maxLength);
  const taken = ((schema["not"] as { enum?: readonly unknown[] } | undefined)?.enum ?? []) as readonly unknown[];
  const any = weighted([10, plain], [4, wide], ...(odd.length > 0 ? [[1, fc.constantFrom(...odd)] as const] : []));
  return taken.length === 0 ? any : any.filter((text) => !taken.includes(text));
}

function anyArray(context: Context, schema: Schema): Arbitrary<unknown> {
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY } = schema as Record<string, number | undefined>;
  const items = schema["items"] as Schema | undefined;
  const item = items === undefined ? anyJson : fc.memo(() => anyOf(context, items))(1);
  return fc.array(item, { minLength: minItems, maxLength: Math.min(maxItems, minItems + 2) });
}

/** What is required, some of the rest, and now and then something that nobody knows. */
function anyObject(context: Context, schema: Schema): Arbitrary<unknown> {
  const required = new Set(requiredOf(schema));
  const properties = propertiesOf(schema);
  const share = Math.max(2, Math.floor(properties.length / 5));
  const known = properties.map(([name, property]) => {
    const value = anyOf(context, property);
    return required.has(name) ? value : weighted([share, fc.constant(ABSENT)], [1, value]);
  });
  const names = properties.map(([name]) => name);
  return fc
    .tuple(fc.tuple(...known), othersOf(context, schema, new Set(names)))
    .map(([values, others]) => objectOf([...names.map((name, index) => [name, values[index]] as const), ...others]));
}

const ABSENT = Symbol("absent");

const ODD_NAMES: readonly string[] = ["__proto__", "constructor", "toString", "then", "", "a.b[0]", "$ref", "\0"];

type Entries = readonly (readonly [name: string, value: unknown])[];

function othersOf(context: Context, schema: Schema, taken: ReadonlySet<string>): Arbitrary<Entries> {
  const rule = schema["additionalProperties"] as Schema | boolean | undefined;
  if (rule === false) return fc.constant<Entries>([]);
  const value = typeof rule === "object" ? anyOf(context, rule) : anyJson;
  const name = fc.oneof({ weight: 3, arbitrary: fc.string({ maxLength: 8 }) }, fc.constantFrom(...ODD_NAMES));
  const some = fc.array(fc.tuple(name, value), { minLength: 1, maxLength: 2 });
  const free = some.map((entries) => entries.filter(([given]) => !taken.has(given)));
  const none = fc.constant<Entries>([]);
  return fc.oneof({ weight: typeof rule === "object" ? 1 : 12, arbitrary: none }, { weight: 1, arbitrary: free });
}

/** Defined one by one, so that `__proto__` is a property like any other, as it is in JSON. */
function objectOf(entries: Entries): unknown {
  const object = {};
  for (const [name, value] of entries) {
    if (value !== ABSENT)
      Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return object;
}
