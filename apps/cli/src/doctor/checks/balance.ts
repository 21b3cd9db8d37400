/** Whether the account has the tokens that a question holds. */
import { check, failed, ok, warning } from "../check.ts";
import type { Context } from "../context.ts";
import { type Found, given } from "../found.ts";
import { platformOf, told } from "../platform.ts";
import { REFUSALS } from "../refusal.ts";

const ME = { params: { path: { account_id: "me" } } } as const;

export const balance = check({
  id: "balance",
  title: "Balance is enough",
  needs: ["instrument", "key-kind"],
  exit: 5,
  faults: {
    "balance-too-low": REFUSALS["balance-too-low"],
    "balance-bought-on-demand": {
      sees: "503 with Retry-After on the first question, then an answer.",
      remedy: "Nothing, if clients try again; else buy ahead, or raise below_tokens of auto-buy.",
    },
    "balance-untold": {
      sees: "Balances that cannot be read.",
      remedy:
        "Ask interchange balances list; if that fails too, the gateway's log has the reason under the request id.",
    },
  },
  async run(context, found) {
    const { name } = given(found, "instrument");
    const answer = await told(context, platformOf(context, found).GET("/v1/accounts/{account_id}/balances", ME));
    if (answer.kind === "refused") return failed("balance-untold", answer.what);
    const available = Number(answer.data.data.find((each) => each.instrument === name)?.available ?? 0);
    const needed = Math.max(1, found.tokensHeld ?? 1);
    if (available >= needed) return ok(`${available.toLocaleString("en")} tokens of ${name}`);
    const what = `${available} tokens of ${name} are available, and a question holds ${needed}.`;
    if (!(await isBoughtOnDemand(context, found, name))) return failed("balance-too-low", what);
    return warning("balance-bought-on-demand", `${what} Auto-buy is on.`);
  },
});

async function isBoughtOnDemand(context: Context, found: Partial<Found>, name: string): Promise<boolean> {
  const answer = await told(context, platformOf(context, found).GET("/v1/accounts/{account_id}/auto-buy", ME));
  return answer.kind === "data" && answer.data.data.some((each) => each.instrument === name && each.enabled);
}
