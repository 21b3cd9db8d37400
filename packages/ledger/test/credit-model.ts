/**
 * Credits, purchases and reloads written for clarity alone: lists and sums, nothing kept that can be counted. What the true
 * ledger answers, it must answer too. Purchases and reloads are named by their place in its lists.
 */

type ModelPurchase = {
  account: string;
  instrument: string;
  tokens: number;
  costMicros: number;
  state: "pending" | "filled" | "failed";
};

type ModelReload = {
  account: string;
  amountMicros: number;
  state: "pending" | "paid" | "declined";
  problem: string;
  month: string;
};

type ModelAutoBuy = { enabled: boolean; tokens: number; belowTokens: number; priceMax: number | null };

type ModelAutoReload = {
  enabled: boolean;
  amountMicros: number;
  belowMicros: number;
  monthlyLimitMicros: number;
  pausedUntilMs: number;
};

export type Order = { account: string; instrument: string; tokens: number; price: number };

const CONFLICT = { code: "conflict" };

export class CreditModel {
  readonly purchases: ModelPurchase[] = [];
  readonly reloads: ModelReload[] = [];
  readonly #deposits: { account: string; amountMicros: number; reference: string }[] = [];
  readonly #bought = new Map<string, Order & { place: number }>();
  readonly #held = new Map<string, number>();
  readonly #autoBuys = new Map<string, ModelAutoBuy>();
  readonly #autoReloads = new Map<string, ModelAutoReload>();
  readonly #closed = new Set<string>();

  credits(account: string): { depositedMicros: number; availableMicros: number; spentMicros: number } {
    const given = this.#deposits.filter((deposit) => deposit.account === account);
    const paid = this.reloads.filter((reload) => reload.account === account && reload.state === "paid");
    const depositedMicros = sum([...given, ...paid].map(({ amountMicros }) => amountMicros));
    const filled = this.purchases.filter((purchase) => purchase.account === account && purchase.state === "filled");
    const spentMicros = sum(filled.map(({ costMicros }) => costMicros));
    return { depositedMicros, availableMicros: depositedMicros - spentMicros, spentMicros };
  }

  available(account: string, instrument: string): number {
    const filled = this.purchases.filter(
      (purchase) => purchase.account === account && purchase.instrument === instrument && purchase.state === "filled",
    );
    return sum(filled.map(({ tokens }) => tokens)) - (this.#held.get(`${account} ${instrument}`) ?? 0);
  }

  close(account: string): object {
    this.#closed.add(account);
    return { id: account };
  }

  hold(account: string, instrument: string, tokens: number): object {
    if (this.#closed.has(account)) return { kind: "account-closed" };
    const available = this.available(account, instrument);
    if (available < tokens) return { kind: "balance-too-low", available, needed: tokens };
    const place = `${account} ${instrument}`;
    this.#held.set(place, (this.#held.get(place) ?? 0) + tokens);
    return { kind: "held", available: available - tokens };
  }

  deposit(account: string, amountMicros: number, reference: string): object {
    const first = this.#deposits.find((deposit) => deposit.account === account && deposit.reference === reference);
    if (first) return first.amountMicros === amountMicros ? { amountMicros } : CONFLICT;
    if (this.#closed.has(account)) return CONFLICT;
    this.#deposits.push({ account, amountMicros, reference });
    return { amountMicros, source: "deposit" };
  }

  buy(order: Order, reference: string): object {
    const { account, instrument, tokens, price } = order;
    const first = this.#bought.get(`${account} ${reference}`);
    if (first) {
      const same = first.instrument === instrument && first.tokens === tokens;
      return same ? { kind: "filled", purchase: first.place } : CONFLICT;
    }
    if (this.#closed.has(account)) return CONFLICT;
    const low = this.#tooLow(account, costOf(tokens, price));
    if (low) return low;
    const costMicros = costOf(tokens, price);
    const place = this.purchases.push({ account, instrument, tokens, costMicros, state: "filled" }) - 1;
    this.#bought.set(`${account} ${reference}`, { ...order, place });
    return { kind: "filled", purchase: place };
  }

  putAutoBuy(account: string, instrument: string, setting: ModelAutoBuy): object {
    if (this.#closed.has(account)) return CONFLICT;
    this.#autoBuys.set(`${account} ${instrument}`, setting);
    return { enabled: setting.enabled, tokens: setting.tokens };
  }

  beginPurchase(account: string, instrument: string, price: number, neededTokens: number): object {
    const pending = this.purchases.findIndex(
      (one) => one.account === account && one.instrument === instrument && one.state === "pending",
    );
    if (pending >= 0) return { kind: "under-way", purchase: pending };
    const setting = this.#autoBuys.get(`${account} ${instrument}`);
    if (!setting?.enabled || this.#closed.has(account)) return { kind: "off" };
    const wanted = neededTokens === 0 ? setting.belowTokens : neededTokens;
    if (this.available(account, instrument) >= wanted) return { kind: "enough" };
    if (setting.priceMax !== null && price > setting.priceMax) return { kind: "price-too-high" };
    const tokens = Math.max(setting.tokens, neededTokens);
    const purchase = { account, instrument, tokens, costMicros: costOf(tokens, price), state: "pending" } as const;
    return { kind: "begun", purchase: this.purchases.push(purchase) - 1 };
  }

  fill(place: number): object {
    const purchase = this.purchases[place];
    if (purchase === undefined) return { kind: "unknown" };
    if (purchase.state === "pending" && this.#closed.has(purchase.account)) purchase.state = "failed";
    if (purchase.state !== "pending") return { kind: "resolved", purchase: place };
    const low = this.#tooLow(purchase.account, purchase.costMicros);
    if (low) return low;
    purchase.state = "filled";
    return { kind: "filled", purchase: place };
  }

  fail(place: number): object | undefined {
    const purchase = this.purchases[place];
    if (purchase?.state === "pending") purchase.state = "failed";
    return purchase && { state: purchase.state };
  }

  putAutoReload(account: string, setting: Omit<ModelAutoReload, "pausedUntilMs">): object {
    if (this.#closed.has(account)) return CONFLICT;
    this.#autoReloads.set(account, { ...setting, pausedUntilMs: 0 });
    return { amountMicros: setting.amountMicros };
  }

  beginReload(account: string, neededMicros: number, nowMs: number): object {
    const pending = this.reloads.findIndex((reload) => reload.account === account && reload.state === "pending");
    if (pending >= 0) return { kind: "under-way", reload: pending };
    const setting = this.#autoReloads.get(account);
    if (!setting?.enabled || this.#closed.has(account)) return { kind: "off" };
    const { availableMicros } = this.credits(account);
    if (availableMicros >= (neededMicros === 0 ? setting.belowMicros : neededMicros)) return { kind: "enough" };
    const own = this.reloads.filter((reload) => reload.account === account);
    if (setting.pausedUntilMs > nowMs) {
      return { kind: "paused", problem: own.findLast(({ state }) => state === "declined")?.problem };
    }
    const amountMicros = Math.max(setting.amountMicros, neededMicros - availableMicros);
    const month = monthOf(nowMs);
    const counted = own.filter((reload) => reload.state !== "declined" && reload.month === month);
    const reloadedThisMonthMicros = sum(counted.map((reload) => reload.amountMicros));
    if (reloadedThisMonthMicros + amountMicros > setting.monthlyLimitMicros) {
      return { kind: "limit-reached", reloadedThisMonthMicros };
    }
    const reload = { account, amountMicros, state: "pending", problem: "", month } as const;
    return { kind: "begun", reload: this.reloads.push(reload) - 1 };
  }

  resolve(place: number, problem: string | null, pausedUntilMs: number): object | undefined {
    const reload = this.reloads[place];
    if (reload?.state === "pending") {
      reload.state = problem === null ? "paid" : "declined";
      reload.problem = problem ?? "";
      const setting = this.#autoReloads.get(reload.account);
      if (setting && problem !== null) setting.pausedUntilMs = pausedUntilMs;
    }
    return reload && { state: reload.state, amountMicros: reload.amountMicros };
  }

  #tooLow(account: string, neededMicros: number): object | undefined {
    const { availableMicros } = this.credits(account);
    return availableMicros < neededMicros ? { kind: "credits-too-low", availableMicros, neededMicros } : undefined;
  }
}

const sum = (amounts: readonly number[]): number => amounts.reduce((all, amount) => all + amount, 0);
const costOf = (tokens: number, price: number): number => Math.ceil((tokens * price) / 1_000_000);
const monthOf = (nowMs: number): string => new Date(nowMs).toISOString().slice(0, 7);
