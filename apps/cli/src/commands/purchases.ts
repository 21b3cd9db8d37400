/** Purchases: tokens bought with credits. */
import { amount, must } from "../option.ts";
import { argument, row } from "../row.ts";
import { OF_ACCOUNT, OF_INSTRUMENT, ONLY_INSTRUMENT, REFERENCE } from "./shared.ts";

export const purchases = [
  row("listPurchases", {
    words: "purchases list",
    text: "list the purchases of an account, newest first",
    path: { account_id: OF_ACCOUNT },
    query: { instrument: ONLY_INSTRUMENT },
    columns: [
      ["ID", "id", "id"],
      ["INSTRUMENT", "instrument", "text"],
      ["TOKENS", "tokens", "number"],
      ["COST USD", "cost_usd", "usd"],
      ["STATUS", "status", "text"],
      ["AUTOMATIC", "automatic", "yes"],
      ["CREATED", "created_at", "instant"],
    ],
    empty: "Nothing was bought yet.",
  }),
  row("createPurchase", {
    words: "purchases create",
    text: "buy tokens with credits",
    path: { account_id: OF_ACCOUNT },
    body: {
      instrument: must(OF_INSTRUMENT),
      tokens: must(amount("--tokens <n>", "how many")),
      reference: REFERENCE,
    },
  }),
  row("retrievePurchase", {
    words: "purchases show",
    text: "show a purchase",
    path: { purchase_id: argument("purchase", "the purchase's id") },
  }),
];
