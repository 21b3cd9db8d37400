/** Purchases of auto-buy: each is seen through from credits to tokens, with a reload on the way where it takes one. */
import { type NoReload, type NotBought, whyNotBought } from "@interchange/inference";
import { type FillOutcome, type Ledger, LedgerError, type Purchase, type ReloadOutcome } from "@interchange/ledger";
import type { Logger } from "pino";
import { backoffMs, pause } from "./patience.ts";
import type { Reloads } from "./reloads.ts";
import type { Rests } from "./rests.ts";
import { createWork, type Ended } from "./work.ts";

/** What becomes of a purchase as far as a caller waits for it: a payment under way is not waited for. */
export type Prospect = { readonly kind: "on-the-way" } | { readonly kind: "not-bought"; readonly why: NotBought };

export interface Run extends Ended {
  /** Rejects when the books do not answer; the purchase is tried again all the same. */
  readonly prospect: Promise<Prospect>;
}

export interface Purchases {
  /** Sees a purchase through that this gateway is to see through. */
  seeThrough(purchase: Purchase): Run;
  /** Undefined where this gateway does not see it through. */
  find(purchaseId: string): Run | undefined;
  /** Of those that are being seen through here. */
  ids(): readonly string[];
  idle(): Promise<void>;
}

export interface PurchaseParts {
  readonly ledger: Pick<Ledger, "fillPurchase" | "failPurchase">;
  readonly reloads: Reloads;
  readonly rests: Rests;
  readonly log: Logger;
  readonly closing: AbortSignal;
}

/** How often a reload that another gateway sees through is looked after. */
const ELSEWHERE_MS = 250;

export function createPurchases(parts: PurchaseParts): Purchases {
  const work = createWork<Run>();
  return {
    seeThrough: (purchase) => work.join(purchase.id, () => begin(parts, purchase)),
    find: (purchaseId) => work.find(purchaseId),
    ids: () => work.ids(),
    idle: () => work.idle(),
  };
}

function begin(parts: PurchaseParts, purchase: Purchase): Run {
  const { promise: prospect, resolve, reject } = Promise.withResolvers<Prospect>();
  // Nobody may be waiting for it.
  prospect.catch(() => undefined);
  const ended = persist(parts, purchase, { tell: resolve, fail: reject });
  return { prospect, ended };
}

/** Says once what becomes of the purchase; what is said later is not heard. */
interface Teller {
  tell(prospect: Prospect): void;
  fail(error: unknown): void;
}

/** Goes on until the purchase is resolved. Once the gateway closes it is left to whoever finds its lease over. */
async function persist(parts: PurchaseParts, purchase: Purchase, teller: Teller): Promise<void> {
  const { log, closing } = parts;
  for (let failures = 0, next: Next = "again"; next === "again" || !closing.aborted; ) {
    try {
      next = await advance(parts, purchase, teller);
      if (next === "resolved") return;
      failures = 0;
    } catch (error) {
      next = "later";
      failures += 1;
      teller.fail(error);
      log.error({ err: error, purchaseId: purchase.id }, "a purchase is tried again");
      await pause(backoffMs(failures), closing);
    }
  }
  teller.tell({ kind: "on-the-way" });
}

/** What a try has come to: nothing is left to do, there is more to do at once, or others are waited for. */
type Next = "resolved" | "again" | "later";

async function advance(parts: PurchaseParts, purchase: Purchase, teller: Teller): Promise<Next> {
  const { id: purchaseId, accountId, instrument, tokens } = purchase;
  const filled = await counted(parts.ledger.fillPurchase(purchaseId));
  switch (filled.kind) {
    case "filled":
      parts.log.info({ purchaseId, accountId, instrument, tokens }, "tokens were bought");
      teller.tell({ kind: "on-the-way" });
      void parts.reloads.keep(accountId);
      return "resolved";
    case "credits-too-low":
      return reload(parts, purchase, filled, teller);
    case "too-much":
      return giveUp(parts, purchase, { kind: "too-much" }, teller);
    case "resolved":
    case "unknown":
      teller.tell({ kind: "on-the-way" });
      return "resolved";
  }
}

/** A mistake does not mend itself: what cannot be counted now cannot be counted later. */
async function counted<Outcome>(work: Promise<Outcome>): Promise<Outcome | TooMuch> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof LedgerError) return { kind: "too-much" };
    throw error;
  }
}

interface TooMuch {
  readonly kind: "too-much";
}

type TooLow = Extract<FillOutcome, { kind: "credits-too-low" }>;

async function reload(parts: PurchaseParts, purchase: Purchase, tooLow: TooLow, teller: Teller): Promise<Next> {
  const { neededMicros, availableMicros } = tooLow;
  // Nobody would be left to see it through.
  if (parts.closing.aborted) return "later";
  const outcome = await counted(parts.reloads.begin(purchase.accountId, neededMicros));
  switch (outcome.kind) {
    case "begun":
      teller.tell({ kind: "on-the-way" });
      return (await parts.reloads.seeThrough(outcome.reload)) ? "again" : "later";
    case "under-way":
      teller.tell({ kind: "on-the-way" });
      return (await underWay(parts, outcome.reload.id)) ? "again" : "later";
    case "enough":
      return "again";
    default: {
      const noReload = noReloadOf(outcome);
      const { tokens } = purchase;
      return giveUp(
        parts,
        purchase,
        { kind: "credits-too-low", tokens, neededMicros, availableMicros, noReload },
        teller,
      );
    }
  }
}

/** Waits for a reload that somebody else has begun; whether it is known to be resolved. */
async function underWay({ reloads, closing }: PurchaseParts, reloadId: string): Promise<boolean> {
  const isResolved = await reloads.find(reloadId);
  if (isResolved === undefined) await pause(ELSEWHERE_MS, closing);
  return isResolved ?? false;
}

type NotReloaded = Extract<ReloadOutcome, { kind: "off" | "paused" | "limit-reached" }> | TooMuch;

function noReloadOf(outcome: NotReloaded): NoReload {
  return outcome.kind === "paused" ? { kind: "declined", problem: outcome.problem } : outcome;
}

async function giveUp(parts: PurchaseParts, purchase: Purchase, why: NotBought, teller: Teller): Promise<Next> {
  const { id: purchaseId, accountId, instrument } = purchase;
  const failed = await parts.ledger.failPurchase({ purchaseId, problem: whyNotBought(why) });
  // Another gateway may have filled it meanwhile.
  const isFilled = failed?.state === "filled";
  if (isFilled) {
    teller.tell({ kind: "on-the-way" });
    return "resolved";
  }
  parts.log.warn({ purchaseId, accountId, instrument, why }, "a purchase failed");
  await parts.rests.note(purchase, { ...purchase, why });
  teller.tell({ kind: "not-bought", why });
  return "resolved";
}
