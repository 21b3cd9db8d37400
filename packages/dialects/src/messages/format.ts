/** The form that the answer's text must have: `output_config.format`. */
import type { OutputFormat } from "@interchange/inference";
import { bagOf, extraOf, isWire, Taker, type Wire } from "../wire.ts";
import { NAME } from "./name.ts";

/** The format, or undefined when it is of a kind without a word. */
export function readFormat(wire: unknown): OutputFormat | undefined {
  if (!isWire(wire) || wire.type !== "json_schema") return undefined;
  const taker = new Taker(wire);
  taker.drop("type");
  const schema = taker.take("schema", isWire);
  return { kind: "json-schema", ...(schema === undefined ? {} : { schema }), ...extraOf(NAME, taker.rest()) };
}

/** An object of any shape has no form of its own here: it is the schema that allows every object. */
export function writeFormat(format: OutputFormat): Wire {
  if (format.kind === "json") return { type: "json_schema", schema: { type: "object" } };
  const schema = format.schema === undefined ? {} : { schema: format.schema };
  return { type: "json_schema", ...schema, ...bagOf(NAME, format) };
}
