/**
 * The journal: what the ledger has acknowledged, kept by a process that is never killed. What contradicts itself is a fault:
 * a request that ends twice, a purchase that is filled and failed, a hold that is forgotten.
 */

import type {
  Balance,
  CreditDeposit,
  FillOutcome,
  HoldOutcome,
  Lot,
  Purchase,
  PurchaseOutcome,
  RedeemOutcome,
  ReleaseOutcome,
  Reload,
  SettleOutcome,
} from "@interchange/ledger";
import type { Operation, Outcome } from "./operation.ts";

/** A request as far as it was acknowledged. */
export type Request = {
  requestId: string;
  accountId: string;
  instrument: string;
  tokens: number;
  /** `asked`: nobody knows; `refused`: it holds nothing; `doubtful`: it may have held, and holds nothing any more. */
  hold: "asked" | "held" | "refused" | "doubtful";
  isRedeemed: boolean;
  end?: "settled" | "released" | "expired";
  /** What settlements of it were asked for: the first to come is the one. */
  asked: Set<number>;
  settled?: { tokens: number; overrun: number; costMicros: number };
};

/** What has a life that may be over when it is asked for again. */
const LIMITED: ReadonlySet<string> = new Set(["hold", "redeem", "renew", "deposit"]);

/** Things that are pending until they are resolved, once. */
export class Resolvables<T extends { id: string; state: string }> {
  readonly all = new Map<string, T>();
  /** Ids of those that came last. */
  readonly lately: string[] = [];

  /** Gives what it was resolved to before, where it is said to be resolved again. */
  note(one: T): T | undefined {
    const before = this.all.get(one.id);
    if (before === undefined) {
      this.lately.push(one.id);
      if (this.lately.length > LATELY_MAX) this.lately.shift();
    }
    if (before === undefined || before.state === "pending") this.all.set(one.id, one);
    return before?.state !== "pending" && one.state !== "pending" ? before : undefined;
  }
}

const LATELY_MAX = 20;

export class Journal {
  readonly faults: string[] = [];
  readonly requests = new Map<string, Request>();
  /** By account and reference. */
  readonly lots = new Map<string, Lot>();
  readonly credits = new Map<string, CreditDeposit>();
  readonly purchases = new Resolvables<Purchase>();
  readonly reloads = new Resolvables<Reload>();
  /** Of which something was acknowledged since they were last held against the books. */
  readonly touched = new Set<Request>();
  acknowledged = 0;
  expired = 0;

  /** A hold is about to be asked for. */
  expect(request: Pick<Request, "requestId" | "accountId" | "instrument" | "tokens">): void {
    this.requests.set(request.requestId, { ...request, hold: "asked", isRedeemed: false, asked: new Set() });
  }

  /** Takes down what came of an operation. */
  note(operation: Operation, outcome: Outcome): void {
    this.acknowledged += 1;
    if ("fault" in outcome) return this.#refused(operation, outcome.fault);
    const scribe = this.#scribes[operation.does];
    // The outcome is that of the operation's own method.
    scribe?.(operation as never, outcome.outcome as never);
  }

  readonly #scribes: Partial<Record<Operation["does"], (operation: never, outcome: never) => void>> = {
    hold: (operation: Operation<"hold">, outcome: HoldOutcome) => this.#held(operation, outcome),
    redeem: (operation: Operation<"redeem">, outcome: RedeemOutcome) => this.#redeemed(operation, outcome),
    settle: (operation: Operation<"settle">, outcome: SettleOutcome) => this.#settled(operation, outcome),
    release: (operation: Operation<"release">, outcome: ReleaseOutcome) => this.#released(operation, outcome),
    renew: (operation: Operation<"renew">, ids: string[]) => {
      const asked = new Set(operation.with[0].requestIds);
      for (const id of ids) if (!asked.has(id)) this.faults.push(`${id} was renewed and nobody had asked for it`);
    },
    expire: (_: Operation<"expire">, ended: number) => {
      this.expired += ended;
    },
    deposit: (operation: Operation<"deposit">, lot: Lot) => {
      const [{ accountId, reference, tokens, costMicros }] = operation.with;
      this.#once(this.lots, `${accountId} ${reference}`, lot, (one) => one.id);
      this.#same(`lot ${reference}`, [lot.tokens, lot.costMicros], [tokens, costMicros]);
    },
    balance: (_: Operation<"balance">, balance: Balance) => this.#balanced(balance),
    depositCredits: (operation: Operation<"depositCredits">, deposit: CreditDeposit) => {
      const [{ accountId, reference, amountMicros }] = operation.with;
      this.#once(this.credits, `${accountId} ${reference}`, deposit, (one) => one.id);
      this.#same(`credits ${reference}`, [deposit.amountMicros], [amountMicros]);
    },
    buy: (_: Operation<"buy">, outcome: PurchaseOutcome) => {
      if (outcome.kind === "filled") this.#purchased(outcome.purchase);
    },
    beginPurchase: (_: Operation<"beginPurchase">, outcome: { purchase?: Purchase }) => {
      if (outcome.purchase) this.#purchased(outcome.purchase);
    },
    fillPurchase: ({ with: [id] }: Operation<"fillPurchase">, outcome: FillOutcome) => {
      if (outcome.kind === "unknown") this.faults.push(`purchase ${id} is forgotten`);
      else if ("purchase" in outcome) this.#purchased(outcome.purchase);
    },
    failPurchase: ({ with: [{ purchaseId }] }: Operation<"failPurchase">, purchase: Purchase | undefined) => {
      if (purchase === undefined) this.faults.push(`purchase ${purchaseId} is forgotten`);
      else this.#purchased(purchase);
    },
    takeOverPurchases: (_: Operation<"takeOverPurchases">, purchases: Purchase[]) => {
      for (const purchase of purchases) this.#purchased(purchase);
    },
    beginReload: (_: Operation<"beginReload">, outcome: { reload?: Reload }) => {
      if (outcome.reload) this.#reloaded(outcome.reload);
    },
    resolveReload: ({ with: [{ reloadId }] }: Operation<"resolveReload">, reload: Reload | undefined) => {
      if (reload === undefined) this.faults.push(`reload ${reloadId} is forgotten`);
      else this.#reloaded(reload);
    },
    takeOverReloads: (_: Operation<"takeOverReloads">, reloads: Reload[]) => {
      for (const reload of reloads) this.#reloaded(reload);
    },
  };

  /** One that is asked again may come too late, which shows that it had not happened. Nothing else may be refused. */
  #refused(operation: Operation, { code, message }: { code: string; message: string }): void {
    const isLate = operation.tries > 0 && code === "bad-input";
    if (!isLate || !LIMITED.has(operation.does))
      return void this.faults.push(`${operation.does} came to ${code}: ${message}`);
    if (operation.does !== "hold") return;
    const request = this.#request((operation as Operation<"hold">).with[0].requestId);
    if (request.hold === "asked") request.hold = "refused";
  }

  #held(operation: Operation<"hold">, outcome: HoldOutcome): void {
    const request = this.#request(operation.with[0].requestId);
    this.touched.add(request);
    if (outcome.kind === "held") {
      if (request.hold === "refused") this.faults.push(`${request.requestId} was refused and is held`);
      this.#same(`hold ${request.requestId}`, [outcome.hold.tokens], [request.tokens]);
      request.hold = "held";
      return;
    }
    // Another that bears its mark may have taken its place.
    if (outcome.kind === "repeated" && request.hold !== "held") {
      request.hold = operation.tries > 0 ? "doubtful" : "refused";
    } else if (outcome.kind !== "repeated" && request.hold === "held") {
      this.faults.push(`${request.requestId} was held and is ${outcome.kind}`);
    } else if (request.hold === "asked") request.hold = "refused";
  }

  #redeemed(operation: Operation<"redeem">, { kind }: RedeemOutcome): void {
    const request = this.#request(operation.with[0].requestId);
    this.touched.add(request);
    if (kind === "unknown") this.faults.push(`${request.requestId} is forgotten`);
    if (kind !== "redeemed") return;
    if (request.isRedeemed) this.faults.push(`${request.requestId} was redeemed twice`);
    request.isRedeemed = true;
  }

  #settled(operation: Operation<"settle">, outcome: SettleOutcome): void {
    const request = this.#request(operation.with[0].requestId);
    this.#ended(request, outcome.kind);
    if (outcome.kind !== "settled") return;
    const { tokensSettled, overrun, draws } = outcome;
    const settled = {
      tokens: tokensSettled,
      overrun,
      costMicros: draws.reduce((all, draw) => all + draw.costMicros, 0),
    };
    this.#same(`draws of ${request.requestId}`, [draws.reduce((all, draw) => all + draw.tokens, 0)], [tokensSettled]);
    if (!request.asked.has(settled.tokens + settled.overrun)) {
      this.faults.push(`${request.requestId} was settled to what nobody had asked`);
    }
    if (request.settled) this.#same(`settlement of ${request.requestId}`, settled, request.settled);
    request.settled = settled;
  }

  #released(operation: Operation<"release">, { kind }: ReleaseOutcome): void {
    this.#ended(this.#request(operation.with[0].requestId), kind);
  }

  #ended(request: Request, end: "settled" | "released" | "expired" | "unknown"): void {
    this.touched.add(request);
    if (end === "unknown") return void this.faults.push(`${request.requestId} is forgotten`);
    if (request.end && request.end !== end) this.faults.push(`${request.requestId} was ${request.end} and is ${end}`);
    request.end = end;
  }

  #balanced({ deposited, available, held, used, lapsed }: Balance): void {
    if (Math.min(available, held, used, lapsed) < 0) this.faults.push("a book is below zero");
    this.#same("a balance", [deposited], [available + held + used + lapsed]);
  }

  #purchased(purchase: Purchase): void {
    const before = this.purchases.note(purchase);
    if (before) this.#same(`purchase ${purchase.id}`, [purchase.state, purchase.lotId], [before.state, before.lotId]);
  }

  #reloaded(reload: Reload): void {
    const before = this.reloads.note(reload);
    if (before) this.#same(`reload ${reload.id}`, [reload.state], [before.state]);
  }

  #request(requestId: string): Request {
    return this.requests.get(requestId) as Request;
  }

  #once<T>(known: Map<string, T>, name: string, one: T, idOf: (one: T) => string): void {
    const before = known.get(name);
    if (before) this.#same(name, [idOf(one)], [idOf(before)]);
    known.set(name, one);
  }

  #same(what: string, got: object, want: object): void {
    const [is, was] = [JSON.stringify(got), JSON.stringify(want)];
    if (is !== was) this.faults.push(`${what} is ${is} and was ${was}`);
  }
}
