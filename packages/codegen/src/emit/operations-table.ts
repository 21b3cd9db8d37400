/** Emits `contract/operations.txt`: one line per operation, so that a change of the interface is seen at a glance. */
import type { Document } from "../document.ts";
import { type Files, mark } from "../file.ts";

const head = ["document", "operation", "method", "path", "stream", "statuses"];

export function emitOperationsTable(documents: readonly Document[]): Files {
  const rows = documents.flatMap(({ name, operations }) =>
    operations.map(({ id, method, path, responses, stream }) => [
      name,
      id,
      method.toUpperCase(),
      path,
      stream ? "yes" : "no",
      responses.map(({ status }) => status).join(","),
    ]),
  );
  return { "packages/contract/operations.txt": `# ${mark("spec/redocly.yaml")}\n${aligned([head, ...rows])}\n` };
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
