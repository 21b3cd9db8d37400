/** What is wrong with a parameter: one of the query or the path, which arrive as texts (OpenAPI 3.1, Parameter Object). */
import { type Document, operationOf, resolve, type Schema } from "../document.ts";
import { type Keywords, misshapen, type Place, type Problem } from "./place.ts";
import { either, NAMES, typesOf } from "./type.ts";
import { shown } from "./word.ts";

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema?: Schema;
}

/** Those of the path and those of the operation. */
export function parametersOf(document: Document, path: string, method: string): readonly Parameter[] {
  const item = document.paths[path] as { parameters?: readonly unknown[] } | undefined;
  const own = operationOf(document, path, method)?.parameters ?? [];
  return [...(item?.parameters ?? []), ...own].map((given) => {
    const reference = (given as { $ref?: string }).$ref;
    return (reference === undefined ? given : resolve(document, reference)) as Parameter;
  });
}

/** The first thing wrong with the text given for a parameter, undefined being none. */
export function inParameter(place: Place, { required, schema }: Parameter, text: unknown): Problem | undefined {
  if (text === undefined) return required === true ? misshapen(place, "is missing") : undefined;
  if (schema === undefined) return undefined;
  const types = typesOf(behind(place.document, schema));
  const value = typeof text === "string" ? readText(text, types) : text;
  if (value === undefined) {
    return misshapen(place, `must be ${either(types.map((type) => NAMES[type] ?? type))}, not ${shown(text)}`);
  }
  return place.look(place, schema, value);
}

/** Undefined where a text is none of what is wanted. */
function readText(text: string, types: readonly string[]): unknown {
  if (types.length === 0 || types.includes("string")) return text;
  if (types.includes("boolean") && /^(?:true|false)$/.test(text)) return text === "true";
  const isNumeric = types.some((type) => type === "integer" || type === "number");
  return isNumeric && text.trim() !== "" && !Number.isNaN(Number(text)) ? Number(text) : undefined;
}

function behind(document: Document, schema: Schema): Keywords {
  if (typeof schema === "boolean") return {};
  const reference = schema["$ref"] as string | undefined;
  return reference === undefined ? schema : behind(document, resolve(document, reference) as Schema);
}
