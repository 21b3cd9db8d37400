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

/** Undefined for an object of any shape, of which this format knows no form. What another says of it is said in the schema. */
export function writeFormat(format: OutputFormat): Wire | undefined {
  if (format.kind === "json") return undefined;
  const { schema, description } = format;
  const described = description === undefined ? {} : { description };
  const whole = isWire(schema) ? { ...described, ...schema } : schema;
  return { type: "json_schema", ...(whole === undefined ? {} : { schema: whole }), ...bagOf(NAME, format) };
}
