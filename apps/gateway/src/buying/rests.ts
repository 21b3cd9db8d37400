/** Purchases that came to nothing a moment ago: who asks again meanwhile hears the same, and the books are not filled with them. */
import type { NotBought } from "@interchange/inference";
import type { AutoBuy, Ledger } from "@interchange/ledger";
import { keyOf, type Place } from "./place.ts";

/** A purchase that was not made. */
export interface Failure {
  readonly why: NotBought;
  readonly tokens: number;
  readonly priceMicrosPerUnit: number;
}

export interface Rests {
  note(place: Place, failure: Failure): Promise<void>;
  /** Whether a purchase that nobody waits for is left be for now. */
  isLeftBe(place: Place): boolean;
  /** Why a purchase for so many tokens would fail as the last one did; undefined when it may be tried. */
  find(place: Place, neededTokens: number, priceMicrosPerUnit: number): Promise<NotBought | undefined>;
}

const REST_MS = 10_000;

/** Where nobody waits for the tokens there is no haste. */
const LOW_REST_MS = 60_000;

const PLACES_MAX = 10_000;

interface Rest extends Failure {
  readonly atMs: number;
  readonly circumstances: string;
}

export function createRests(ledger: CreditLedger, clock: () => number): Rests {
  const rests = new Map<string, Rest>();
  return {
    async note(place, failure) {
      const { circumstances } = await circumstancesOf(ledger, place, failure.priceMicrosPerUnit);
      if (rests.size >= PLACES_MAX) rests.delete(rests.keys().next().value as string);
      rests.delete(keyOf(place));
      rests.set(keyOf(place), { ...failure, circumstances, atMs: clock() });
    },
    isLeftBe(place) {
      const rest = rests.get(keyOf(place));
      return rest !== undefined && clock() - rest.atMs <= LOW_REST_MS;
    },
    async find(place, neededTokens, priceMicrosPerUnit) {
      const rest = rests.get(keyOf(place));
      if (rest === undefined || clock() - rest.atMs > REST_MS) return undefined;
      const { circumstances, autoBuy } = await circumstancesOf(ledger, place, priceMicrosPerUnit);
      // Less may be had where more was not.
      const isLess = Math.max(neededTokens, autoBuy?.tokens ?? 0) < rest.tokens;
      return isLess || rest.circumstances !== circumstances ? undefined : rest.why;
    },
  };
}

type CreditLedger = Pick<Ledger, "credits" | "autoReload" | "autoBuys">;

interface Circumstances {
  /** Everything that a person can change so that the next purchase succeeds, as one text to compare. */
  readonly circumstances: string;
  readonly autoBuy: AutoBuy | undefined;
}

async function circumstancesOf(ledger: CreditLedger, place: Place, priceMicrosPerUnit: number): Promise<Circumstances> {
  const { accountId, instrument } = place;
  const [{ availableMicros }, autoReload, autoBuys] = await Promise.all([
    ledger.credits(accountId),
    ledger.autoReload(accountId),
    ledger.autoBuys(accountId),
  ]);
  const autoBuy = autoBuys.find((row) => row.instrument === instrument);
  const seen = [priceMicrosPerUnit, availableMicros, autoReload?.updatedAtMs, autoBuy?.updatedAtMs];
  return { circumstances: JSON.stringify(seen), autoBuy };
}
