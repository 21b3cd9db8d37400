/** The plan: which operations are asked for, by chance, on few accounts, so that they meet. */

import { Chance } from "./chance.ts";
import type { Journal, Request } from "./journal.ts";
import type { Operation } from "./operation.ts";

export const START_MS = 1_790_000_000_000;

const ACCOUNTS = Array.from({ length: 24 }, (_, number) => `account-${number}`);
const INSTRUMENTS = ["text", "code", "agent"] as const;
const PRICES = [0, 150_000, 1_000_000] as const;

/** About two of three holds are redeemed, most of those settled; what nobody resolves expires. */
const WEIGHTS = {
  hold: 30,
  holdAgain: 1,
  redeem: 20,
  settle: 18,
  settleMany: 2,
  release: 5,
  renew: 1,
  expire: 0.3,
  deposit: 4,
  depositAgain: 0.5,
  balance: 2,
  depositCredits: 2,
  buy: 3,
  beginPurchase: 2,
  fillPurchase: 2,
  failPurchase: 0.3,
  takeOverPurchases: 0.1,
  beginReload: 1,
  resolveReload: 1,
  takeOverReloads: 0.1,
};

/** Requests that are open are chosen of these; those that were done lately may be asked for again. */
const RECENT_MAX = 2_000;

export class Plan {
  nowMs = START_MS;
  readonly chance: Chance;
  readonly #journal: Journal;
  readonly #recent: Request[] = [];
  readonly #deposits: Operation<"deposit">[] = [];
  #operations = 0;
  #requests = 0;

  constructor(seed: number, journal: Journal) {
    this.chance = new Chance(seed);
    this.#journal = journal;
  }

  /** What must be there before anything else. */
  opening(): Operation[] {
    return ACCOUNTS.flatMap((accountId, number) => [
      this.#asking("openAccount", { id: accountId, name: "Ada" }),
      ...INSTRUMENTS.map((instrument) =>
        this.#asking("putAutoBuy", { accountId, instrument, enabled: number % 3 > 0, tokens: 700, belowTokens: 300 }),
      ),
      this.#asking("putAutoReload", {
        accountId,
        enabled: number % 2 > 0,
        amountMicros: 900,
        belowMicros: 400,
        monthlyLimitMicros: 1_000_000_000,
      }),
    ]);
  }

  /** Time goes on a little, sometimes far, and sometimes back. */
  tick(): number {
    const { chance } = this;
    if (chance.isOneIn(2_000)) this.nowMs += chance.between(60_000, 3_600_000);
    else if (chance.isOneIn(100)) this.nowMs -= chance.between(1, 2_000);
    else this.nowMs += chance.between(0, 40);
    return this.nowMs;
  }

  next(): Operation {
    for (;;) {
      const operation = this.#makers[this.chance.weighted(WEIGHTS)]();
      if (operation) return operation;
    }
  }

  /** Ends whatever has not ended. */
  ending(): Operation {
    this.nowMs += 10 * 86_400_000;
    return this.#asking("expire", this.nowMs);
  }

  asking<M extends Operation["does"]>(does: M, ...args: Operation<M>["with"]): Operation {
    return this.#asking(does, ...args);
  }

  readonly #makers: Record<keyof typeof WEIGHTS, () => Operation | undefined> = {
    hold: () => this.#hold(),
    holdAgain: () => {
      const request = this.#known();
      if (!request) return undefined;
      const { requestId, accountId, instrument, tokens } = request;
      return this.#asking("hold", { requestId, accountId, instrument, tokens, expiresAtMs: this.#later(60_000) });
    },
    redeem: () => this.#of((requestId) => this.#asking("redeem", { requestId, expiresAtMs: this.#later(9_000) })),
    settle: () => this.#settle((tokens) => this.chance.between(0, tokens)),
    // Beyond the hold, and for some of them beyond the balance.
    settleMany: () => this.#settle((tokens) => tokens + this.chance.between(1, 2_000)),
    release: () => this.#of((requestId) => this.#asking("release", { requestId, reason: "the caller left" })),
    renew: () => {
      const requestIds = Array.from({ length: 5 }, () => this.#known()?.requestId).filter((id) => id !== undefined);
      return this.#asking("renew", { requestIds, expiresAtMs: this.#later(9_000) });
    },
    expire: () => this.#asking("expire", this.nowMs),
    deposit: () => this.#deposit(),
    depositAgain: () => {
      const [first] = this.#deposits[this.chance.between(0, 50)]?.with ?? [];
      // One that never came about may be too late by now.
      const isKnown = first && this.#journal.lots.has(`${first.accountId} ${first.reference}`);
      return isKnown ? this.#asking("deposit", first) : undefined;
    },
    balance: () => this.#asking("balance", ...this.#place()),
    depositCredits: () =>
      this.#asking("depositCredits", {
        accountId: this.chance.oneOf(ACCOUNTS),
        amountMicros: this.chance.between(1, 2_000),
        reference: `credits-${this.#operations}`,
      }),
    buy: () => {
      const [accountId, instrument] = this.#place();
      const priceMicrosPerUnit = this.chance.oneOf(PRICES);
      const reference = `buy-${this.#operations}`;
      return this.#asking("buy", {
        accountId,
        instrument,
        tokens: this.chance.between(1, 900),
        priceMicrosPerUnit,
        reference,
      });
    },
    beginPurchase: () => {
      const [accountId, instrument] = this.#place();
      const [neededTokens, leaseUntilMs] = [this.chance.between(0, 400), this.#later(5_000)];
      const priceMicrosPerUnit = this.chance.oneOf(PRICES);
      return this.#asking("beginPurchase", { accountId, instrument, priceMicrosPerUnit, neededTokens, leaseUntilMs });
    },
    fillPurchase: () => {
      const purchaseId = this.#lately(this.#journal.purchases.lately);
      if (!purchaseId) return undefined;
      return this.#asking("fillPurchase", purchaseId);
    },
    failPurchase: () => {
      const purchaseId = this.#lately(this.#journal.purchases.lately);
      if (!purchaseId) return undefined;
      return this.#asking("failPurchase", { purchaseId, problem: "any" });
    },
    takeOverPurchases: () => this.#asking("takeOverPurchases", { limit: 10, leaseUntilMs: this.#later(5_000) }),
    beginReload: () => {
      const [accountId] = this.#place();
      const [neededMicros, leaseUntilMs] = [this.chance.between(0, 600), this.#later(5_000)];
      return this.#asking("beginReload", { accountId, neededMicros, leaseUntilMs });
    },
    resolveReload: () => {
      const reloadId = this.#lately(this.#journal.reloads.lately);
      if (!reloadId) return undefined;
      return this.chance.isOneIn(5)
        ? this.#asking("resolveReload", { reloadId, kind: "declined", problem: "any", pausedUntilMs: this.nowMs })
        : this.#asking("resolveReload", { reloadId, kind: "paid", payment: `payment of ${reloadId}` });
    },
    takeOverReloads: () => this.#asking("takeOverReloads", { limit: 10, leaseUntilMs: this.#later(5_000) }),
  };

  #hold(): Operation {
    const [accountId, instrument] = this.#place();
    const requestId = `request-${String(this.#requests++).padStart(9, "0")}`;
    const tokens = this.chance.between(1, 60);
    this.#journal.expect({ requestId, accountId, instrument, tokens });
    this.#recent[this.chance.between(0, RECENT_MAX - 1)] = this.#journal.requests.get(requestId) as Request;
    return this.#asking("hold", {
      ...{ requestId, accountId, instrument, tokens },
      expiresAtMs: this.#later(this.chance.isOneIn(4) ? 200 : 60_000),
      begun: this.chance.isOneIn(4),
      ...(this.chance.isOneIn(20) && { runningMax: { account: 40 } }),
      ...(this.chance.isOneIn(10) && {
        idempotency: { key: `mark-${this.chance.between(0, 50)}`, bodyDigest: "same" },
      }),
    });
  }

  #settle(amountFor: (tokens: number) => number): Operation | undefined {
    const request = this.#known();
    if (!request) return undefined;
    const tokens = amountFor(request.tokens);
    request.asked.add(tokens);
    return this.#asking("settle", { requestId: request.requestId, tokens, usage: { input: tokens } });
  }

  #deposit(): Operation {
    const [accountId, instrument] = this.#place();
    const lot = { accountId, instrument, tokens: this.chance.between(1, 900), costMicros: this.chance.between(0, 900) };
    const life = this.chance.isOneIn(3) ? { expiresAtMs: this.#later(this.chance.between(1, 600_000)) } : {};
    const operation = this.#asking("deposit", { ...lot, ...life, reference: `lot-${this.#operations}` });
    this.#deposits[this.chance.between(0, 50)] = operation as Operation<"deposit">;
    return operation;
  }

  #of(make: (requestId: string) => Operation): Operation | undefined {
    const request = this.#known();
    return request && make(request.requestId);
  }

  /** A request that the ledger has acknowledged, mostly one that is open. */
  #known(): Request | undefined {
    for (let tries = 0; tries < 20; tries += 1) {
      const request = this.#recent[this.chance.between(0, RECENT_MAX - 1)];
      if (request?.hold === "held" && (request.end === undefined || this.chance.isOneIn(12))) return request;
    }
    return undefined;
  }

  /** One of those that came last, which may be resolved by now. */
  #lately(ids: readonly string[]): string | undefined {
    return ids.length === 0 ? undefined : this.chance.oneOf(ids);
  }

  #place(): [accountId: string, instrument: string] {
    return [this.chance.oneOf(ACCOUNTS), this.chance.oneOf(INSTRUMENTS)];
  }

  #later(ms: number): number {
    // Ahead also of a clock that was turned back, or on, since.
    return this.nowMs + 100 + this.chance.between(1, ms);
  }

  #asking<M extends Operation["does"]>(does: M, ...args: Operation<M>["with"]): Operation {
    return { number: this.#operations++, does, with: args, tries: 0 } as Operation;
  }
}
