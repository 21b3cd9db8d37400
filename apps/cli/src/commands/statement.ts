/** The statement of an account over a period. */
import { monthOf } from "../instant.ts";
import { record, table } from "../layout.ts";
import { or } from "../option.ts";
import { row } from "../row.ts";
import { FROM, OF_ACCOUNT, TO } from "./shared.ts";

export const statement = [
  row("retrieveStatement", {
    words: "statement",
    text: "draw up the statement of an account; of this month unless said",
    path: { account_id: OF_ACCOUNT },
    query: { from: or(FROM, monthOf), to: or(TO, (nowMs) => new Date(nowMs).toISOString()) },
    show: ({ instruments, credits, ...period }) => [
      record(period),
      table(
        instruments,
        [
          ["INSTRUMENT", "instrument", "id"],
          ["OPENING", "opening", "number"],
          ["DEPOSITED", "deposited", "number"],
          ["USED", "used", "number"],
          ["LAPSED", "lapsed", "number"],
          ["CLOSING", "closing", "number"],
        ],
        "Tokens",
      ),
      table(
        [credits],
        [
          ["OPENING", "opening_usd", "usd"],
          ["DEPOSITED", "deposited_usd", "usd"],
          ["SPENT", "spent_usd", "usd"],
          ["CLOSING", "closing_usd", "usd"],
        ],
        "Credits, USD",
      ),
    ],
  }),
];
