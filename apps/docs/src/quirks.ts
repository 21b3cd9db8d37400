/** The table of quirks, taken from the schema that the configuration is held against. */
import { readFile } from "node:fs/promises";
import { codeOf, plainOf, type Table } from "./table.ts";

/** One habit that a supplier's row may name. */
export interface Quirk {
  readonly name: string;
  /** What may be said, in code: `parts`, `true or false`. */
  readonly values: readonly string[];
  /** What stands when nothing is said; absent where that depends, as the meaning then tells. */
  readonly unsaid?: string;
  readonly meaning: string;
}

const SCHEMA = new URL("../../../packages/config/interchange.config.schema.json", import.meta.url);

interface Described {
  readonly description?: string;
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly default?: string | boolean | number;
  readonly items?: Described;
  readonly properties?: Readonly<Record<string, Described>>;
  readonly required?: readonly string[];
}

interface Schema {
  readonly $defs: { readonly quirks?: Described };
}

export async function readQuirks(schema = SCHEMA): Promise<Quirk[]> {
  return quirksOf(JSON.parse(await readFile(schema, "utf8")) as Schema);
}

/** Throws when one of them says nothing of itself. */
export function quirksOf({ $defs }: Schema): Quirk[] {
  return Object.entries($defs.quirks?.properties ?? {}).map(([name, described]) => {
    if (described.description === undefined) throw new Error(`the quirk ${name} has no description`);
    const { default: unsaid, description: meaning } = described;
    return { name, values: valuesOf(described), ...(unsaid !== undefined && { unsaid: String(unsaid) }), meaning };
  });
}

function valuesOf({ type, enum: words, items, properties, required = [] }: Described): readonly string[] {
  if (words !== undefined) return words;
  if (type === "boolean") return ["true", "false"];
  if (items !== undefined) return [`[${valuesOf(items).join(", ")}]`];
  if (properties === undefined) return [type ?? "any"];
  return [
    `{ ${Object.entries(properties)
      .map(([name, each]) => `${name}${required.includes(name) ? "" : "?"}: ${valuesOf(each).join(" | ")}`)
      .join(", ")} }`,
  ];
}

export function quirksTable(quirks: readonly Quirk[]): Table {
  const rows = quirks.map(({ name, values, unsaid, meaning }) => ({
    head: codeOf(name),
    cells: [values.map(codeOf).join(", "), unsaid === undefined ? "–" : codeOf(unsaid), plainOf(meaning)],
  }));
  return { heads: ["quirk", "value", "unless said", "meaning"], rows, isWide: true };
}
