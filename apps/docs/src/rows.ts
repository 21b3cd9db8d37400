/** Rows of suppliers, taken from the example configuration, so that a guide cannot say another thing. */
import { readFile } from "node:fs/promises";
import { parse } from "yaml";

const EXAMPLE = new URL("../../../interchange.config.example.yaml", import.meta.url);

/** By name: the text of each row, as it stands in the file. */
export async function readRows(example = EXAMPLE): Promise<ReadonlyMap<string, string>> {
  return rowsIn(await readFile(example, "utf8"));
}

/** A row ends at an empty line. Throws when one of the file's suppliers is not found so. */
export function rowsIn(text: string): ReadonlyMap<string, string> {
  const found = new Map([...text.matchAll(/^ {2}- name: (\S+)\n(?: {4}.*\n?)+/gm)].map(([row, name]) => [name, row]));
  const { suppliers = [] } = parse(text) as { suppliers?: readonly { name: string }[] };
  return new Map(
    suppliers.map(({ name }) => {
      const row = found.get(name);
      if (row === undefined) throw new Error(`the row of ${name} is not found`);
      return [name, row];
    }),
  );
}
