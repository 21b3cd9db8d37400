/** Auto-buy: tokens bought with credits when few are left. */
import { amount, must, or, orNone, yesNo } from "../option.ts";
import { row } from "../row.ts";
import { INSTRUMENT, OF_ACCOUNT } from "./shared.ts";

export const autoBuy = [
  row("listAutoBuys", {
    words: "auto-buy list",
    text: "list what is bought by itself",
    path: { account_id: OF_ACCOUNT },
    columns: [
      ["INSTRUMENT", "instrument", "id"],
      ["ENABLED", "enabled", "yes"],
      ["TOKENS", "tokens", "number"],
      ["BELOW", "below_tokens", "number"],
      ["PRICE MAX", "price_usd_per_unit_max", "usd"],
      ["UPDATED", "updated_at", "instant"],
    ],
    empty: "Nothing is bought by itself: `interchange auto-buy set` sets that.",
  }),
  row("putAutoBuy", {
    words: "auto-buy set",
    text: "buy tokens of an instrument when few are left",
    path: { instrument: INSTRUMENT, account_id: OF_ACCOUNT },
    body: {
      tokens: must(amount("--tokens <n>", "how many to buy at a time")),
      below_tokens: must(amount("--below-tokens <n>", "when fewer than this are available")),
      price_usd_per_unit_max: orNone(amount("--price-max <usd>", "not above this price of a unit")),
      enabled: or(yesNo("--enabled <word>", "whether it buys, yes unless said"), () => true),
    },
  }),
  row("deleteAutoBuy", {
    words: "auto-buy remove",
    text: "buy an instrument by itself no longer",
    path: { instrument: INSTRUMENT, account_id: OF_ACCOUNT },
    done: "{instrument} is bought by itself no longer.",
  }),
];
