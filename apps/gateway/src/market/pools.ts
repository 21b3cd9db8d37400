/** Pools: suppliers as the second leg asks them, opened when they are first asked, and anew when they have moved. */
import { isDeepStrictEqual } from "node:util";
import type { Format } from "@interchange/config";
import { dialects, NO_QUIRKS } from "@interchange/dialects";
import { openSupplier, type Supplier } from "@interchange/relay";
import type { Logger } from "pino";
import type { SupplierDocument } from "./document.ts";

/** A supplier, and the secret that it asks for. */
export interface Reach {
  readonly document: SupplierDocument;
  readonly credential?: string;
}

export interface Pools {
  open(reach: Reach, dialect: Format): Supplier;
  /** Lets go of those whose supplier is gone, speaks the format no more, or is reached in another way now. */
  keep(reachOf: (supplier: string) => Reach | undefined): void;
  /** Lets connections go; at once where runs are still under way on them. */
  close(isIdle: boolean): Promise<void>;
}

interface Open {
  readonly reach: Reach;
  readonly dialect: Format;
  readonly supplier: Supplier;
}

/** Whoever has just been given it may be about to ask it. */
const GRACE_MS = 10_000;

export function createPools({ log, graceMs = GRACE_MS }: { log: Pick<Logger, "warn">; graceMs?: number }): Pools {
  const pools = new Map<string, Open>();
  const leaving = new Map<Open, NodeJS.Timeout>();

  const end = async ({ supplier: { name, pool } }: Open, isIdle: boolean): Promise<void> => {
    await (isIdle ? pool.close() : pool.destroy()).catch((error: unknown) => {
      log.warn({ err: error, supplier: name }, "connections could not be let go");
    });
  };
  const letGo = (key: string, open: Open): void => {
    pools.delete(key);
    const leave = (): void => void end(open, true).then(() => leaving.delete(open));
    leaving.set(open, setTimeout(leave, graceMs).unref());
  };

  return {
    open(reach, dialect) {
      const key = `${reach.document.name}\n${dialect}`;
      const known = pools.get(key);
      if (known !== undefined && isReachedAlike(known.reach, reach)) return known.supplier;
      if (known !== undefined) letGo(key, known);
      const supplier = openReach(reach, dialect);
      pools.set(key, { reach, dialect, supplier });
      return supplier;
    },
    keep(reachOf) {
      for (const [key, open] of [...pools]) {
        const reach = reachOf(open.reach.document.name);
        const isSpoken = reach?.document.dialects.includes(open.dialect) ?? false;
        if (reach === undefined || !isSpoken || !isReachedAlike(open.reach, reach)) letGo(key, open);
      }
    },
    async close(isIdle) {
      for (const timer of leaving.values()) clearTimeout(timer);
      await Promise.all([...pools.values(), ...leaving.keys()].map((open) => end(open, isIdle)));
      pools.clear();
      leaving.clear();
    },
  };
}

function isReachedAlike(one: Reach, other: Reach): boolean {
  if (one.credential !== other.credential) return false;
  return one.document === other.document || isDeepStrictEqual(wayTo(one.document), wayTo(other.document));
}

function wayTo({ baseUrl, timeouts, quirks }: SupplierDocument): unknown {
  return { baseUrl, timeouts, quirks };
}

function openReach({ document, credential }: Reach, dialect: Format): Supplier {
  return openSupplier({
    name: document.name,
    baseUrl: document.baseUrl,
    dialect: dialects[dialect].supplier,
    patience: document.timeouts,
    quirks: document.quirks ?? NO_QUIRKS,
    ...(credential !== undefined && { credential }),
  });
}
