/** Accounts that buy: with credits and standing orders of their own, and no tokens unless said. */

import type { Format } from "@interchange/config";
import type { AutoBuySetting, AutoReloadSetting, Ledger, Purchase, Reload } from "@interchange/ledger";
import { type AskOptions, ask, INSTRUMENT, QUESTIONS, type Rig } from "./rig.ts";

export interface Orders {
  readonly tokens?: number;
  readonly creditsMicros?: number;
  readonly autoBuy?: Partial<AutoBuySetting>;
  readonly autoReload?: Partial<AutoReloadSetting>;
}

export interface BuyingPurse {
  readonly key: string;
  readonly accountId: string;
  readonly ledger: Ledger;
  /** The newest first. */
  purchases(): Promise<Purchase[]>;
  reloads(): Promise<Reload[]>;
  credits(): Promise<{ depositedMicros: number; availableMicros: number; spentMicros: number }>;
  balance(): Promise<{ deposited: number; available: number; held: number; used: number }>;
}

/** The simulated suppliers ask 1,000 micro-dollars a Unit, so that a million tokens cost a tenth of a cent. */
export const PRICE_MICROS = 1_000;
export const UNIT = 1_000_000;

export async function openBuyingPurse(ledger: Ledger, orders: Orders): Promise<BuyingPurse> {
  const { tokens = 0, creditsMicros = 0, autoBuy, autoReload } = orders;
  const { id: accountId } = await ledger.openAccount({ name: "Buyer" });
  if (tokens > 0) await ledger.deposit({ accountId, instrument: INSTRUMENT, tokens, costMicros: 0 });
  if (creditsMicros > 0) await ledger.depositCredits({ accountId, amountMicros: creditsMicros });
  if (autoBuy !== undefined) await ledger.putAutoBuy({ ...autoBuyOf(accountId), ...autoBuy });
  if (autoReload !== undefined) await ledger.putAutoReload({ ...autoReloadOf(accountId), ...autoReload });
  const { secret: key } = await ledger.createKey({ accountId, role: "consumption" });
  return {
    key,
    accountId,
    ledger,
    purchases: async () => [...(await ledger.purchases(accountId, { limit: 100 })).data],
    reloads: async () => [...(await ledger.reloads(accountId, { limit: 100 })).data],
    credits: () => ledger.credits(accountId),
    balance: () => ledger.balance(accountId, INSTRUMENT),
  };
}

const autoBuyOf = (accountId: string): AutoBuySetting => {
  return { accountId, instrument: INSTRUMENT, enabled: true, tokens: UNIT, belowTokens: 0 };
};

const autoReloadOf = (accountId: string): AutoReloadSetting => {
  return { accountId, enabled: true, amountMicros: 5_000, belowMicros: 0, monthlyLimitMicros: 50_000 };
};

/** A question whose answer is short, so that little is held. */
export function askShort(
  rig: Rig,
  purse: Pick<BuyingPurse, "key">,
  surface: Format,
  options: AskOptions & Asking = {},
) {
  const { tokensMax = 200, ...rest } = options;
  const cap = surface === "messages" ? { max_tokens: tokensMax } : { max_completion_tokens: tokensMax };
  return ask(rig, surface, { key: purse.key, body: QUESTIONS[surface].body(cap), ...rest });
}

interface Asking {
  /** The longest answer that is asked for. */
  readonly tokensMax?: number;
}

/**
 * Asks again and again while it is told to come again, without the patience of a client that honours Retry-After. Gives
 * the statuses on the way, each once however often it came in a row.
 */
export async function persist(ask: () => Promise<Response>, triesMax = 200): Promise<number[]> {
  const statuses: number[] = [];
  for (let tries = 0; tries < triesMax; tries += 1) {
    const response = await ask();
    await response.text();
    if (statuses.at(-1) !== response.status) statuses.push(response.status);
    if (response.status !== 503) return statuses;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return statuses;
}
