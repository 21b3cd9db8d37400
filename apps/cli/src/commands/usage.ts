/** Usage: the receipt of every request, and sums of them. */
import { record, table } from "../layout.ts";
import { flag, must, text, words } from "../option.ts";
import { argument, row } from "../row.ts";
import { FROM, ONLY_INSTRUMENT, TO } from "./shared.ts";

const ONLY_ACCOUNT = text("--account <id>", "only those of this account");

export const usage = [
  row("listUsage", {
    words: "usage list",
    text: "list receipts, newest first",
    query: {
      account_id: ONLY_ACCOUNT,
      instrument: ONLY_INSTRUMENT,
      key_id: text("--key-id <id>", "only those that this key asked"),
      status: words("--status <word>", "only those of this status", ["pending", "reconciled", "error"]),
      overrun: flag("--overrun", "only those that used more than they held"),
      from: FROM,
      to: TO,
    },
    columns: [
      ["REQUEST", "request_id", "id"],
      ["AT", "timing.created_at", "instant"],
      ["INSTRUMENT", "instrument", "text"],
      ["TOKENS", "tokens_used", "number"],
      ["STATUS", "status", "id"],
      ["COST USD", "cost_usd", "usd"],
      ["SUPPLIER", "supplier", "text"],
    ],
    empty: "There are no receipts of that kind.",
  }),
  row("summarizeUsage", {
    words: "usage summary",
    text: "sum usage up by day, model, key or instrument",
    query: {
      by: must({
        ...words("--by <word>", "what to sum by; day unless said", ["day", "model", "key", "instrument"]),
        fallback: () => "day",
      }),
      account_id: ONLY_ACCOUNT,
      from: FROM,
      to: TO,
    },
    columns: [
      ["OF", "key", "id"],
      ["REQUESTS", "requests", "number"],
      ["ERRORS", "errors", "number"],
      ["TOKENS", "tokens", "number"],
      ["COST USD", "cost_usd", "usd"],
    ],
    empty: "Nothing was used.",
  }),
  row("retrieveUsage", {
    words: "usage show",
    text: "show a receipt",
    path: { request_id: argument("request", "the request's id, as x-request-id says it") },
    show: ({ draws, ...receipt }) => [
      record(receipt),
      ...(draws.length === 0
        ? []
        : [
            table(
              draws,
              [
                ["LOT", "lot_id", "id"],
                ["TOKENS", "tokens", "number"],
                ["COST USD", "cost_usd", "usd"],
              ],
              "Drawn from",
            ),
          ]),
    ],
  }),
];
