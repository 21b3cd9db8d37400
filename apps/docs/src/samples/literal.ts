/** A JSON value as TypeScript says it: names without quotes, short things on one line. */
import type { Json } from "@interchange/contract";

const WIDTH = 76;
const NAME = /^[A-Za-z_$][\w$]*$/;

/** `column` is where the value begins, `indent` how far its line is indented. */
export function literalOf(value: Json, indent = 0, column = indent): string {
  const line = lineOf(value);
  if (column + line.length <= WIDTH || !isDeep(value)) return line;
  const inner = " ".repeat(indent + 2);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  const parts = entriesOf(value).map(([name, each]) => {
    const head = name === undefined ? "" : `${nameOf(name)}: `;
    return `${inner}${head}${literalOf(each, indent + 2, indent + 2 + head.length)},`;
  });
  return [open, ...parts, `${" ".repeat(indent)}${close}`].join("\n");
}

function lineOf(value: Json): string {
  if (!isDeep(value)) return JSON.stringify(value);
  const parts = entriesOf(value).map(
    ([name, each]) => `${name === undefined ? "" : `${nameOf(name)}: `}${lineOf(each)}`,
  );
  if (Array.isArray(value)) return `[${parts.join(", ")}]`;
  return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
}

function isDeep(value: Json): value is readonly Json[] | { readonly [name: string]: Json } {
  return typeof value === "object" && value !== null;
}

function entriesOf(value: readonly Json[] | { readonly [name: string]: Json }): [string | undefined, Json][] {
  return Array.isArray(value) ? value.map((each) => [undefined, each as Json]) : Object.entries(value);
}

function nameOf(name: string): string {
  return NAME.test(name) ? name : JSON.stringify(name);
}
