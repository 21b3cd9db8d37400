/** How an engine is closed: what runs first, then what that needs. */
import type { Relay } from "@interchange/relay";
import type { Logger } from "pino";
import type { Buyer } from "./buying/index.ts";
import type { LiveMarket } from "./market/index.ts";

interface Closable {
  close(): Promise<void>;
}

export interface ClosingParts {
  readonly relay: Relay;
  readonly market: LiveMarket;
  readonly notes: Closable;
  readonly tokenCounter: Closable;
  readonly buyer: Buyer;
  readonly limiter: Closable;
  readonly ledger: Closable;
  readonly drainMs: number;
  readonly log: Logger;
}

/** What has been cut off is given at least this long to be written into the books, also by those who do not drain. */
const SETTLE_MS = 1_000;

export async function closeAll(parts: ClosingParts): Promise<void> {
  const { relay, market, notes, tokenCounter, buyer, limiter, ledger, log } = parts;
  const waitMs = Math.max(parts.drainMs, SETTLE_MS);
  // A caller that was cut off is settled a moment after its connection is gone.
  const isIdle = await within(relay.idle(), waitMs);
  if (!isIdle) log.error("runs are still under way; what they hold expires by itself");
  await market.close(isIdle);
  relay.close();
  await notes.close();
  await tokenCounter.close();
  const isBought = await within(buyer.close(), waitMs);
  if (!isBought) log.error("a payment is still under way; whoever starts next sees it through");
  await limiter.close();
  await ledger.close();
}

/** Whether the work ended in that time; in ms. */
async function within(work: Promise<void>, waitMs: number): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, waitMs, false);
  return Promise.race([work.then(() => true), late]).finally(() => clearTimeout(timer));
}
