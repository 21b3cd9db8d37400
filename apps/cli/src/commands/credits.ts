/** Credits: US dollars, with which tokens are bought. */
import { amount, must } from "../option.ts";
import { row } from "../row.ts";
import { OF_ACCOUNT, REFERENCE } from "./shared.ts";

export const credits = [
  row("retrieveCredits", {
    words: "credits show",
    text: "show the credits of an account",
    path: { account_id: OF_ACCOUNT },
  }),
  row("depositCredits", {
    words: "credits deposit",
    text: "put credits in (operators)",
    path: { account_id: OF_ACCOUNT },
    body: { amount_usd: must(amount("--amount-usd <usd>", "how much")), reference: REFERENCE },
  }),
];
