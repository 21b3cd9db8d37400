/** Balances: prepaid tokens of each instrument, and where they are. */
import { row } from "../row.ts";
import { OF_ACCOUNT } from "./shared.ts";

export const balances = [
  row("listBalances", {
    words: "balances list",
    text: "list what an account has of each instrument",
    path: { account_id: OF_ACCOUNT },
    columns: [
      ["INSTRUMENT", "instrument", "id"],
      ["AVAILABLE", "available", "number"],
      ["HELD", "held", "number"],
      ["USED", "used", "number"],
      ["LAPSED", "lapsed", "number"],
      ["DEPOSITED", "deposited", "number"],
    ],
    empty: "The account has no tokens yet: `interchange purchases create` buys some with credits.",
  }),
];
