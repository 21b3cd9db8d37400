/** A document that satisfies a JSON Schema: the required properties, filled with plain and always equal values. */
import { isObject, type JsonObject, objectOf, objectsOf, stringsOf } from "./json.ts";

/** Deep enough for honest schemas; a schema that refers to itself ends here. */
const depthMax = 12;

/** A value for the schema (JSON Schema 2020-12, the keywords that vendors accept in tool and answer schemas). */
export function fillerOf(schema: JsonObject): unknown {
  return fill(schema, { root: schema, name: "value", depth: 0 });
}

type Place = { readonly root: JsonObject; readonly name: string; readonly depth: number };

function fill(given: JsonObject, place: Place): unknown {
  const schema = resolved(given, place);
  const fixed = fixedValue(schema);
  if (fixed !== undefined) return fixed.value;
  const type = typeOf(schema);
  return fillers[type](schema, { ...place, depth: place.depth + 1 });
}

type TypeName = "object" | "array" | "string" | "number" | "integer" | "boolean" | "null";

const fillers: Record<TypeName, (schema: JsonObject, place: Place) => unknown> = {
  object: fillObject,
  array: fillArray,
  string: (schema, place) => fillString(schema, place.name),
  number: (schema) => fillNumber(schema, false),
  integer: (schema) => fillNumber(schema, true),
  boolean: () => true,
  null: () => null,
};

/** The schema with its reference, its first alternative and all its parts in one. */
function resolved(schema: JsonObject, place: Place): JsonObject {
  const { $ref, allOf, anyOf, oneOf, ...own } = schema;
  const parts = [
    ...(typeof $ref === "string" ? [referred($ref, place.root)] : []),
    ...objectsOf(allOf),
    ...objectsOf(anyOf).slice(0, 1),
    ...objectsOf(oneOf).slice(0, 1),
  ];
  if (parts.length === 0 || place.depth > depthMax) return own;
  const deeper = { ...place, depth: place.depth + 1 };
  return parts.map((part) => resolved(part, deeper)).reduce(merged, own);
}

function referred(ref: string, root: JsonObject): JsonObject {
  const steps = ref.replace(/^#\/?/, "").split("/").filter(Boolean);
  return steps.reduce<JsonObject>((at, step) => objectOf(at[step.replaceAll("~1", "/").replaceAll("~0", "~")]), root);
}

function merged(left: JsonObject, right: JsonObject): JsonObject {
  return {
    ...right,
    ...left,
    ...((left.required ?? right.required)
      ? { required: [...stringsOf(left.required), ...stringsOf(right.required)] }
      : {}),
    ...((left.properties ?? right.properties)
      ? { properties: { ...objectOf(right.properties), ...objectOf(left.properties) } }
      : {}),
  };
}

function fixedValue(schema: JsonObject): { readonly value: unknown } | undefined {
  if ("const" in schema) return { value: schema.const };
  if (Array.isArray(schema.enum) && schema.enum.length > 0) return { value: schema.enum[0] };
  if ("default" in schema) return { value: schema.default };
  if (Array.isArray(schema.examples) && schema.examples.length > 0) return { value: schema.examples[0] };
  return undefined;
}

function typeOf(schema: JsonObject): TypeName {
  const named = stringsOf(schema.type).find((type) => Object.hasOwn(fillers, type));
  if (named !== undefined) return named as TypeName;
  if (isObject(schema.properties)) return "object";
  return "items" in schema ? "array" : "string";
}

function fillObject(schema: JsonObject, place: Place): JsonObject {
  if (place.depth > depthMax) return {};
  const properties = objectOf(schema.properties);
  const names = [...new Set(stringsOf(schema.required))];
  return Object.fromEntries(names.map((name) => [name, fill(objectOf(properties[name]), { ...place, name })]));
}

function fillArray(schema: JsonObject, place: Place): unknown[] {
  const length = typeof schema.minItems === "number" ? schema.minItems : place.depth > depthMax ? 0 : 1;
  return Array.from({ length }, () => fill(objectOf(schema.items), place));
}

const formats: Readonly<Record<string, string>> = {
  date: "2026-01-02",
  time: "03:04:05Z",
  "date-time": "2026-01-02T03:04:05Z",
  duration: "PT1H",
  email: "sim@example.com",
  hostname: "example.com",
  ipv4: "192.0.2.1",
  ipv6: "2001:db8::1",
  uri: "https://example.com/",
  uuid: "00000000-0000-4000-8000-000000000000",
};

function fillString(schema: JsonObject, name: string): string {
  const text = formats[String(schema.format)] ?? `simulated ${name}`;
  const longEnough = typeof schema.minLength === "number" ? text.padEnd(schema.minLength, ".") : text;
  return typeof schema.maxLength === "number" ? longEnough.slice(0, schema.maxLength) : longEnough;
}

function fillNumber(schema: JsonObject, whole: boolean): number {
  const step = typeof schema.multipleOf === "number" ? schema.multipleOf : whole ? 1 : 0;
  const least = leastOf(schema, whole);
  const stepped = step > 0 ? Math.ceil(least / step) * step : least;
  return typeof schema.maximum === "number" ? Math.min(stepped, schema.maximum) : stepped;
}

function leastOf(schema: JsonObject, whole: boolean): number {
  const { minimum, exclusiveMinimum, exclusiveMaximum } = schema;
  if (typeof exclusiveMinimum === "number") return exclusiveMinimum + (whole ? 1 : 0.5);
  if (typeof minimum === "number") return minimum;
  return typeof exclusiveMaximum === "number" ? Math.min(1, exclusiveMaximum - 1) : 1;
}
