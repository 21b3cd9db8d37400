/** Every operation of the contract is in the client, once, with what may be sent twice, what pages and what streams. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Operation, operations } from "../src/index.ts";

const lines = readFileSync(new URL("../../contract/operations.txt", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .slice(2);
const listed = lines.map((line) =>
  line
    .split(/\s{2,}/)
    .slice(0, 5)
    .join(" "),
);

const rows = Object.entries(operations).flatMap(([document, table]) =>
  Object.entries(table as Record<string, Operation>).map(([id, operation]) => ({ document, id, ...operation })),
);

test("operations.txt and the client know the same operations", () => {
  expect(listed.length).toBeGreaterThan(50);
  expect(
    rows.map(({ document, id, method, path, stream }) => [document, id, method, path, stream ? "yes" : "no"].join(" ")),
  ).toEqual(listed);
});

test("what streams takes an Idempotency-Key", () => {
  expect(rows.filter(({ idempotent }) => idempotent).map(({ id }) => id)).toEqual([
    "createChatCompletion",
    "createMessage",
  ]);
});

test("each list that pages says how", () => {
  const paged = rows.filter((row) => row.paged).map(({ document, id }) => `${document} ${id}`);
  expect(paged).toEqual([
    "messages listModels",
    "platform listAccounts",
    "platform listKeys",
    "platform listLots",
    "platform listMovements",
    "platform listPurchases",
    "platform listInvoices",
    "platform listUsage",
    "platform listInstrumentVersions",
  ]);
});
