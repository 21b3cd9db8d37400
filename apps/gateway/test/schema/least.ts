/** The least value that a schema accepts: what is required, and nothing else. */
import type { OpenApiDocument } from "@interchange/contract";
import { type Form, formsOf, propertiesOf, requiredOf, type Schema, typesOf } from "./schema.ts";
import { wordsFor } from "./words.ts";

export function leastOf(document: OpenApiDocument, schema: Schema): unknown {
  const forms = formsOf(document, schema);
  const form = forms.find((candidate) => typesOf(candidate.schema)[0] !== "null") ?? (forms[0] as Form);
  return leastOfForm(document, form.schema);
}

/** Of a form without a union at its top. */
export function leastOfForm(document: OpenApiDocument, schema: Schema): unknown {
  if (schema["const"] !== undefined) return schema["const"];
  const words = schema["enum"] as readonly unknown[] | undefined;
  if (words !== undefined) return words[0];
  switch (typesOf(schema).find((type) => type !== "null") ?? "null") {
    case "null":
      return null;
    case "boolean":
      return true;
    case "integer":
    case "number":
      return (schema["minimum"] as number | undefined) ?? 1;
    case "string":
      return leastText(schema);
    case "array":
      return Array.from({ length: (schema["minItems"] as number | undefined) ?? 0 }, () =>
        leastOf(document, schema["items"] as Schema),
      );
    case "object":
      return leastObject(document, schema);
  }
}

function leastText(schema: Schema): string {
  const pattern = schema["pattern"] as string | undefined;
  return pattern === undefined ? "a" : (wordsFor(pattern).matching[0] as string);
}

function leastObject(document: OpenApiDocument, schema: Schema): Record<string, unknown> {
  const properties = new Map(propertiesOf(schema));
  return Object.fromEntries(
    requiredOf(schema).map((name) => [name, leastOf(document, properties.get(name) as Schema)] as const),
  );
}
