/** Quirks: in what a supplier differs from its format, in the names that the contract has for it. */

import { type Format, QUIRK_FORMATS } from "@interchange/config";
import type { Quirks as Wire } from "@interchange/contract/platform";
import type { Quirks, ToolIdRule } from "@interchange/dialects";
import { isRefused, type Refused, unfit } from "./refused.ts";

const NAMES = Object.keys(QUIRK_FORMATS) as (keyof Quirks)[];

/** Quirks of a supplier that speaks these formats; `toolIds` is the only one that has names within. */
export function readQuirks(wire: Wire): Quirks | Refused {
  const toolIds = wire.tool_ids === undefined ? undefined : readToolIds(wire.tool_ids);
  if (isRefused(toolIds)) return toolIds;
  const said = wire as Readonly<Record<string, unknown>>;
  const values = NAMES.map((name) => [name, name === "toolIds" ? toolIds : said[wireName(name)]] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined)) as Quirks;
}

export function writeQuirks(quirks: Quirks = {}): Wire {
  const { toolIds } = quirks;
  const values = NAMES.map((name) => [wireName(name), quirks[name]] as const);
  const said = Object.fromEntries(values.filter(([, value]) => value !== undefined)) as Wire;
  return toolIds === undefined ? said : { ...said, tool_ids: writeToolIds(toolIds) };
}

/** A habit of a format that the supplier does not speak. */
export function foreignQuirk(quirks: Quirks, dialects: readonly Format[]): Refused | undefined {
  const spoken: readonly string[] = ["either", ...dialects];
  const foreign = NAMES.find((name) => quirks[name] !== undefined && !spoken.includes(QUIRK_FORMATS[name]));
  if (foreign === undefined) return undefined;
  const problem = `belongs to the ${QUIRK_FORMATS[foreign]} format, which this supplier does not speak`;
  return unfit(`quirks.${wireName(foreign)}`, problem);
}

function wireName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function readToolIds({
  alphabet,
  chars_min: charsMin,
  chars_max: charsMax,
}: NonNullable<Wire["tool_ids"]>): ToolIdRule | Refused {
  if (charsMin !== undefined && charsMin > charsMax) {
    return unfit("quirks.tool_ids.chars_min", `must be at most chars_max, which is ${charsMax}, not ${charsMin}`);
  }
  return { alphabet, charsMax, ...(charsMin === undefined ? {} : { charsMin }) };
}

function writeToolIds({ alphabet, charsMin, charsMax }: ToolIdRule): NonNullable<Wire["tool_ids"]> {
  return { alphabet, chars_max: charsMax, ...(charsMin === undefined ? {} : { chars_min: charsMin }) };
}
