/** The form that the answer's text must have: `response_format`. https://platform.openai.com/docs/guides/structured-outputs */
import type { OutputFormat } from "@interchange/inference";
import { bagOf, extraOf, isBoolean, isText, isWire, Taker, type Wire } from "../wire.ts";
import { NAME } from "./name.ts";

/** The format; undefined for plain text, which demands nothing, and for kinds without a word. */
export function readFormat(wire: unknown): OutputFormat | undefined {
  if (!isWire(wire)) return undefined;
  const taker = new Taker(wire);
  taker.drop("type");
  if (wire.type === "json_object") return { kind: "json", ...extraOf(NAME, taker.rest()) };
  return wire.type === "json_schema" && isWire(wire.json_schema) ? readSchema(taker, wire.json_schema) : undefined;
}

function readSchema(taker: Taker, wire: Wire): OutputFormat {
  const inner = new Taker(wire);
  const name = inner.take("name", isText);
  const description = inner.take("description", isText);
  const schema = inner.take("schema", isWire);
  const strict = inner.take("strict", isBoolean);
  taker.leave("json_schema", inner.rest());
  return {
    kind: "json-schema",
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(schema === undefined ? {} : { schema }),
    ...(strict === undefined ? {} : { strict }),
    ...extraOf(NAME, taker.rest()),
  };
}

/** Where another format knows neither name nor strictness, it means any name and to be held to. */
const FOREIGN = { name: "answer", strict: true };

export function writeFormat(format: OutputFormat, own: boolean): Wire {
  const { json_schema: rest, ...bag } = bagOf(NAME, format);
  if (format.kind === "json") return { type: "json_object", ...bagOf(NAME, format) };
  const { name, description, schema, strict } = own ? format : { ...FOREIGN, ...format };
  const inner = {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(schema === undefined ? {} : { schema }),
    ...(strict === undefined ? {} : { strict }),
    ...(isWire(rest) ? rest : {}),
  };
  return { type: "json_schema", ...bag, json_schema: inner };
}
