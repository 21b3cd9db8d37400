/** The watch on balances that run low: what every hold leaves is held against what the account has set. */
import type { AutoBuy } from "@interchange/ledger";
import type { Logger } from "pino";
import type { Begun } from "./begun.ts";
import { pause } from "./patience.ts";
import { keyOf, type Place } from "./place.ts";
import type { Purchases } from "./purchases.ts";
import type { Rests } from "./rests.ts";
import type { Settings } from "./settings.ts";
import { createWork, type Ended } from "./work.ts";

export interface LowWatch {
  /** Costs a look into memory where the account's settings are known, and one into the store now and then. */
  note(place: Place, available: number): void;
  idle(): Promise<void>;
}

export interface LowWatchParts {
  readonly settings: Settings;
  readonly purchases: Purchases;
  readonly rests: Rests;
  readonly log: Logger;
  readonly closing: AbortSignal;
  /** Begins a purchase that nobody waits for. */
  readonly begin: (place: Place) => Promise<Begun>;
}

/** How long a place is let alone where there turned out to be nothing to do. */
const QUIET_MS = 1_000;

export function createLowWatch(parts: LowWatchParts): LowWatch {
  const { settings, rests, log, closing } = parts;
  const work = createWork<Ended>();
  const judge = (place: Place, available: number, autoBuy: AutoBuy | null): void => {
    if (autoBuy === null || available >= autoBuy.belowTokens || closing.aborted || rests.isLeftBe(place)) return;
    work.join(keyOf(place), () => ({ ended: buy(parts, place, autoBuy) }));
  };
  return {
    note(place, available) {
      if (closing.aborted) return;
      const known = settings.known(place);
      if (known !== undefined) return judge(place, available, known);
      settings.read(place).then(
        (autoBuy) => judge(place, available, autoBuy),
        (error: unknown) => log.warn({ err: error, ...place }, "it is not known whether tokens are to be bought"),
      );
    },
    idle: () => work.idle(),
  };
}

async function buy(parts: LowWatchParts, place: Place, autoBuy: AutoBuy): Promise<void> {
  const { log, closing } = parts;
  try {
    await see(parts, place, autoBuy, await parts.begin(place));
  } catch (error) {
    log.warn({ err: error, ...place }, "tokens that run low were not bought");
    await pause(QUIET_MS, closing);
  }
}

async function see(parts: LowWatchParts, place: Place, { tokens }: AutoBuy, begun: Begun): Promise<void> {
  const { settings, purchases, rests, log, closing } = parts;
  switch (begun.kind) {
    case "begun":
      return purchases.seeThrough(begun.purchase).ended;
    case "off":
      return settings.forget(place.accountId);
    case "price-too-high":
      log.warn({ ...place, ...begun }, "tokens run low and are too dear");
      return rests.note(place, { why: begun, tokens, priceMicrosPerUnit: begun.priceMicrosPerUnit });
    default:
      return pause(QUIET_MS, closing);
  }
}
