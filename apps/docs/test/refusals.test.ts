/** Goal: the table of errors says what the surfaces say, and leaves none out. */
import { dialects } from "@interchange/dialects";
import { describe, expect, test } from "vitest";
import { refusalsTable } from "../src/refusals.ts";
import { REFUSED, type Samples } from "../src/refused.ts";
import { htmlOfTable } from "../src/table.ts";
import { cellsOf } from "./cells.ts";

describe("the table of errors", () => {
  test("has a row for each refusal, by status", () => {
    const { rows } = refusalsTable();
    const statuses = rows.map(({ head }) => Number(head));
    expect(rows).toHaveLength(Object.values(REFUSED).flat().length);
    expect(statuses).toEqual([...statuses].sort((one, other) => one - other));
    const known = [400, 401, 402, 403, 404, 405, 409, 413, 415, 422, 429, 500, 502, 503, 504];
    expect([...new Set(statuses)]).toEqual(known);
  });

  test("has the words of each surface, when to ask again, and the sentence", () => {
    const few = { "ticket-stale": REFUSED["ticket-stale"], "balance-too-low": REFUSED["balance-too-low"] };
    expect(cellsOf(htmlOfTable(refusalsTable(few as Samples))).replaceAll("\u00a0", " ")).toBe(
      "status | chat-completions, platform | messages | again? | for example | " +
        "402 | insufficient_quota, insufficient_quota | billing_error | no | Not enough tokens of text-prime: this request may need 4108, " +
        "1200 are available. Have more tokens deposited, or ask for a shorter answer. | " +
        "503 | overloaded_error, ticket_stale | overloaded_error | after 100 ms | The ticket in this path has expired. Send the request to the API&#39;s own address again.",
    );
  });

  test("has a column for each dialect", () => {
    expect(refusalsTable().heads).toHaveLength(3 + Object.keys(dialects).length);
  });

  test("says both sentences where the surfaces differ", () => {
    const row = refusalsTable({ "prompt-too-long": REFUSED["prompt-too-long"] } as Samples).rows[0];
    expect(row?.cells.at(-1)).toMatch(/maximum context length .* Or: prompt is too long/);
  });
});
