/** As much of JSON Schema (draft 2020-12) as it takes to walk a contract: references, types, unions. */
import type { OpenApiDocument } from "@interchange/contract";

export type Schema = Readonly<Record<string, unknown>>;

/** The keywords that the walkers of this folder know. A contract that uses another one is refused, never half understood. */
const CONSTRAINTS: ReadonlySet<string> = new Set([
  "$ref",
  "type",
  "const",
  "enum",
  "not",
  "oneOf",
  "properties",
  "required",
  "additionalProperties",
  "items",
  "minItems",
  "maxItems",
  "minimum",
  "maximum",
  "minLength",
  "maxLength",
  "pattern",
]);

const ANNOTATIONS: ReadonlySet<string> = new Set([
  "title",
  "description",
  "examples",
  "deprecated",
  "format",
  "x-translation",
  "x-default",
]);

/** The schema of what an operation takes. */
export function bodySchemaOf(document: OpenApiDocument, path: string): Schema {
  const operation = document.paths[path]?.["post"] as unknown as {
    requestBody: { content: Record<string, { schema: Schema }> };
  };
  return operation.requestBody.content["application/json"]?.schema as Schema;
}

/** The schema with its reference followed; what stands beside the reference holds as well. */
export function opened(document: OpenApiDocument, schema: Schema): Schema {
  requireKnown(schema);
  const reference = schema["$ref"];
  if (reference === undefined) return schema;
  const { $ref: _, ...beside } = schema;
  return { ...opened(document, follow(document, reference as string)), ...beside };
}

function requireKnown(schema: Schema): void {
  const strange = Object.keys(schema).find((keyword) => !CONSTRAINTS.has(keyword) && !ANNOTATIONS.has(keyword));
  if (strange !== undefined) throw new Error(`The tests do not know the keyword ${strange}: teach it to every walker`);
}

function follow(document: OpenApiDocument, reference: string): Schema {
  const steps = reference.slice(2).split("/");
  const found = steps.reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], document);
  if (found === undefined) throw new Error(`${reference} leads nowhere`);
  return found as Schema;
}

/** One of the forms that a value may have: a schema without a union at its top, and the component that it is, if it is one. */
export interface Form {
  readonly schema: Schema;
  readonly component?: string;
}

/** Every form, unions within unions opened. */
export function formsOf(document: OpenApiDocument, schema: Schema): readonly Form[] {
  const whole = opened(document, schema);
  const branches = whole["oneOf"] as readonly Schema[] | undefined;
  if (branches !== undefined) return branches.flatMap((branch) => formsOf(document, branch));
  const component = schema["$ref"] as string | undefined;
  return [{ schema: whole, ...(component === undefined ? {} : { component }) }];
}

export type JsonType = "null" | "boolean" | "integer" | "number" | "string" | "array" | "object";

const ALL_TYPES: readonly JsonType[] = ["null", "boolean", "number", "string", "array", "object"];

/** The types that a form names; every one when it names none. */
export function typesOf(schema: Schema): readonly JsonType[] {
  const type = schema["type"] as JsonType | readonly JsonType[] | undefined;
  return type === undefined ? ALL_TYPES : [type].flat();
}

export function propertiesOf(schema: Schema): readonly (readonly [name: string, schema: Schema])[] {
  return Object.entries((schema["properties"] ?? {}) as Record<string, Schema>);
}

export function requiredOf(schema: Schema): readonly string[] {
  return (schema["required"] ?? []) as readonly string[];
}
