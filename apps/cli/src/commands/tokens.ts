/** Tokens: the lots they came in, and every movement of them. */
import { amount, must } from "../option.ts";
import { row } from "../row.ts";
import { EXPIRES, OF_ACCOUNT, OF_INSTRUMENT, ONLY_INSTRUMENT, REFERENCE } from "./shared.ts";

export const tokens = [
  row("listLots", {
    words: "tokens lots",
    text: "list the lots that tokens came in, newest first",
    path: { account_id: OF_ACCOUNT },
    query: { instrument: ONLY_INSTRUMENT },
    columns: [
      ["ID", "id", "id"],
      ["INSTRUMENT", "instrument", "text"],
      ["REMAINING", "remaining", "number"],
      ["TOKENS", "tokens", "number"],
      ["COST USD", "cost_usd", "usd"],
      ["EXPIRES", "expires_at", "instant"],
    ],
    empty: "No tokens were ever put in.",
  }),
  row("depositTokens", {
    words: "tokens deposit",
    text: "put tokens in (operators)",
    path: { account_id: OF_ACCOUNT },
    body: {
      instrument: must(OF_INSTRUMENT),
      tokens: must(amount("--tokens <n>", "how many")),
      cost_usd: amount("--cost-usd <usd>", "what they cost, 0 unless said"),
      expires_at: EXPIRES,
      reference: REFERENCE,
    },
  }),
  row("listMovements", {
    words: "tokens movements",
    text: "list every movement of tokens, newest first",
    path: { account_id: OF_ACCOUNT },
    query: { instrument: ONLY_INSTRUMENT },
    columns: [
      ["NO", "number", "number"],
      ["MOVEMENT", "movement", "id"],
      ["INSTRUMENT", "instrument", "text"],
      ["AVAILABLE", "available", "number"],
      ["HELD", "held", "number"],
      ["USED", "used", "number"],
      ["AT", "at", "instant"],
      ["REFERENCE", "reference", "id"],
    ],
    empty: "No tokens were ever moved.",
  }),
];
