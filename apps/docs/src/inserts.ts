/** Everything that a guide may ask for, made of what the house knows. */
import type { OpenApiDocument } from "@interchange/contract";
import { type Inserts, insertOfCode, insertOfTables } from "./insert.ts";
import { quirksTable, readQuirks } from "./quirks.ts";
import { isStreamable, operationsOf } from "./reference/operation.ts";
import type { Reference } from "./reference/reference.ts";
import { refusalsTable } from "./refusals.ts";
import { readRows } from "./rows.ts";
import { readEvents } from "./streams.ts";
import { readTranslations, translationTables } from "./translation.ts";

export async function readInserts(references: readonly Reference[]): Promise<Inserts> {
  const documents = references.map(({ name }) => name);
  const streaming = references.filter(({ document }) => hasStreams(document));
  const rows = [...(await readRows())].map(([name, row]) => [`row of ${name}`, insertOfCode(row, "yaml")] as const);
  const events = await Promise.all(
    streaming.map(async ({ name }) => [`events of ${name}`, insertOfCode(await readEvents(name), "text")] as const),
  );
  return {
    "table of errors": insertOfTables(refusalsTable()),
    "table of translation": insertOfTables(...translationTables(await readTranslations(documents))),
    "table of quirks": insertOfTables(quirksTable(await readQuirks())),
    ...Object.fromEntries([...rows, ...events]),
  };
}

function hasStreams(document: OpenApiDocument): boolean {
  return operationsOf(document).some(isStreamable);
}
