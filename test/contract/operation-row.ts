/** An operation as a row of packages/contract/operations.txt, which lists every one that there is. */
import { readText } from "../workspace.ts";

export interface OperationRow {
  readonly document: string;
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly streams: boolean;
  readonly statuses: readonly number[];
}

export function readOperationRows(): OperationRow[] {
  const [, , ...rows] = readText("packages/contract/operations.txt").trim().split("\n");
  return rows.map((row) => {
    const [document = "", id = "", method = "", path = "", streams, statuses = ""] = row.split(/\s+/);
    return { document, id, method, path, streams: streams === "yes", statuses: statuses.split(",").map(Number) };
  });
}

export function nameOf({ document, id, method, path }: OperationRow): string {
  return `${document} ${id} (${method} ${path})`;
}
