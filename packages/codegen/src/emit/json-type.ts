/** The TypeScript type of a schema as emitted code says it: a component by its name, anything inline spelled out. */
import { key } from "../name.ts";
import { componentName, isSchema, type Schema } from "../schema.ts";

/** Names of components are looked up in a namespace import called `Contract`. Throws on an inline schema too rich to spell. */
export function jsonType(schema: Schema): string {
  const component = componentName(schema);
  if (component) return `Contract.${component}`;
  if ("const" in schema) return JSON.stringify(schema["const"]);
  if (Array.isArray(schema["enum"])) return union(schema["enum"].map((each) => JSON.stringify(each)));
  const branches = schema["oneOf"] ?? schema["anyOf"];
  if (Array.isArray(branches)) return union(branches.map(jsonType));
  const types = Array.isArray(schema["type"]) ? schema["type"] : [schema["type"]];
  return union(types.map((type: unknown) => typeOf(String(type), schema)));
}

function typeOf(type: string, schema: Schema): string {
  if (type === "object") return objectType(schema);
  if (type === "array") return `readonly (${isSchema(schema["items"]) ? jsonType(schema["items"]) : "unknown"})[]`;
  const scalar = { string: "string", integer: "number", number: "number", boolean: "boolean", null: "null" }[type];
  if (!scalar) throw new Error(`the generator cannot spell the type of ${JSON.stringify(schema)}`);
  return scalar;
}

function objectType({ properties, required, additionalProperties }: Schema): string {
  const open = isSchema(additionalProperties) ? jsonType(additionalProperties) : "unknown";
  if (!isSchema(properties)) return `Record<string, ${open}>`;
  const needed = new Set(required as readonly string[] | undefined);
  const fields = Object.entries(properties).map(
    ([name, each]) => `${key(name)}${needed.has(name) ? "" : "?"}: ${jsonType(each as Schema)}`,
  );
  return `{ ${fields.join("; ")} }`;
}

const union = (types: readonly string[]): string => [...new Set(types)].join(" | ");
