/** Auto-reload: an account charged for more credits when few are left. */
import { amount, must, or, yesNo } from "../option.ts";
import { row } from "../row.ts";
import { OF_ACCOUNT } from "./shared.ts";

export const autoReload = [
  row("retrieveAutoReload", {
    words: "auto-reload show",
    text: "show whether credits are reloaded by themselves",
    path: { account_id: OF_ACCOUNT },
  }),
  row("putAutoReload", {
    words: "auto-reload set",
    text: "reload credits when few are left",
    path: { account_id: OF_ACCOUNT },
    body: {
      amount_usd: must(amount("--amount-usd <usd>", "how much at a time")),
      below_usd: must(amount("--below-usd <usd>", "when less than this is available")),
      monthly_limit_usd: must(amount("--monthly-limit-usd <usd>", "in a month at most")),
      enabled: or(yesNo("--enabled <word>", "whether it reloads, yes unless said"), () => true),
    },
  }),
  row("deleteAutoReload", {
    words: "auto-reload remove",
    text: "reload credits by themselves no longer",
    path: { account_id: OF_ACCOUNT },
    done: "Credits are reloaded by themselves no longer.",
  }),
];
