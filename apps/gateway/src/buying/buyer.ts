/** The buyer: buys tokens for accounts that have auto-buy on, in the background, when they run low or somebody lacks them. */
import type { NotBought } from "@interchange/inference";
import type { Ledger, Purchase } from "@interchange/ledger";
import type { Logger } from "pino";
import { type BeginParts, begin } from "./begun.ts";
import { startLeases } from "./leases.ts";
import { createLowWatch } from "./low-watch.ts";
import type { Payments } from "./payments.ts";
import type { Place } from "./place.ts";
import { createPurchases, type Prospect, type Purchases } from "./purchases.ts";
import { createReloads } from "./reloads.ts";
import { createRests } from "./rests.ts";
import { createSettings } from "./settings.ts";
import { startTakingOver } from "./taking-over.ts";

/** What is done for a request that lacks tokens. */
export type Help =
  /** They were bought in the meantime. */
  | { readonly kind: "enough" }
  /** A purchase is under way, of so many tokens where it is known. */
  | { readonly kind: "on-the-way"; readonly tokens?: number }
  | { readonly kind: "not-bought"; readonly why: NotBought };

export interface Buyer {
  /** Whether what accounts are charged is owed to the operator, not yet collected. */
  readonly owed: boolean;
  /** Begins a purchase for a request that could not hold what it needs, or joins the one under way. */
  help(place: Place, neededTokens: number): Promise<Help>;
  /** Is told what every hold has left, and buys in the background where that is little. */
  noteAvailable(place: Place, available: number): void;
  /** Is told that an account has spent credits, lacks some, or has set how they are reloaded: where little is left that is done in the background. */
  noteCredits(accountId: string): void;
  /** Whether tokens are bought by themselves in this place. */
  buysIn(place: Place): Promise<boolean>;
  /** Finishes what is under way. What waits for its next try is left to others. */
  close(): Promise<void>;
}

export interface BuyerOptions {
  readonly ledger: Ledger;
  readonly payments: Payments;
  /** Micro-dollars per Unit; undefined where nobody offers the instrument. */
  readonly price: (instrument: string) => number | undefined;
  readonly clock: () => number;
  readonly log: Logger;
}

export function createBuyer(options: BuyerOptions): Buyer {
  const { ledger, clock } = options;
  const closing = new AbortController();
  const shared = { ...options, rests: createRests(ledger, clock), closing: closing.signal };
  const reloads = createReloads(shared);
  const purchases = createPurchases({ ...shared, reloads });
  const settings = createSettings(ledger, clock);
  const parts = { ...shared, reloads, purchases, settings };
  const leases = startLeases(parts);
  const takingOver = startTakingOver(parts);
  const lowWatch = createLowWatch({ ...parts, begin: (place) => begin(parts, place, 0) });
  return {
    owed: options.payments.owed,
    help: (place, neededTokens) => help(parts, place, neededTokens),
    noteAvailable: (place, available) => lowWatch.note(place, available),
    noteCredits: (accountId) => void reloads.keep(accountId),
    buysIn: async (place) => (await settings.read(place)) !== null,
    async close() {
      closing.abort();
      await takingOver.stop();
      await lowWatch.idle();
      await purchases.idle();
      await reloads.idle();
      await leases.stop();
    },
  };
}

interface HelpParts extends BeginParts {
  readonly purchases: Purchases;
  readonly closing: AbortSignal;
}

/** A caller that lacks tokens when the gateway closes is helped by another gateway, or by this one started again. */
async function help(parts: HelpParts, place: Place, neededTokens: number): Promise<Help> {
  if (parts.closing.aborted) return { kind: "on-the-way" };
  const begun = await begin(parts, place, neededTokens);
  switch (begun.kind) {
    case "begun":
      return helpOf(begun.purchase, await parts.purchases.seeThrough(begun.purchase).prospect);
    case "under-way":
      return join(parts, begun.purchase, neededTokens);
    case "enough":
    case "not-bought":
      return begun;
    default:
      return { kind: "not-bought", why: begun };
  }
}

/** A purchase that somebody else has begun. One that comes to nothing may have been for more than this caller needs. */
async function join(parts: HelpParts, purchase: Purchase, neededTokens: number): Promise<Help> {
  const prospect = await parts.purchases.find(purchase.id)?.prospect;
  if (prospect?.kind === "not-bought") return help(parts, purchase, neededTokens);
  return { kind: "on-the-way", tokens: purchase.tokens };
}

function helpOf({ tokens }: Purchase, prospect: Prospect): Help {
  return prospect.kind === "on-the-way" ? { ...prospect, tokens } : prospect;
}
