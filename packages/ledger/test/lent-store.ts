/** Stores on the shared server that are lent to one test after the other, since to open one takes longer than most tests do. */

import { LedgerUnavailable } from "@interchange/ledger";
import { Client } from "pg";
import { onTestFinished } from "vitest";
import { openPostgresStore } from "../src/postgres/postgres-store.ts";
import type { Store } from "../src/store.ts";
import { databaseWithTables, SWEEP } from "./server.ts";

type Rested = { url: string; store: Store; sweeper: Client };

const rested: Rested[] = [];

/** A store with empty tables. Closing it ends the loan and leaves the store open for the next test. */
export async function lentStore(): Promise<{ url: string; store: Store }> {
  const lent = rested.pop() ?? (await openOne());
  const pending = new Set<Promise<unknown>>();
  let isOpen = true;

  const close = async (): Promise<void> => {
    isOpen = false;
    await Promise.allSettled(pending);
  };
  onTestFinished(async () => {
    await close();
    await lent.sweeper.query(SWEEP);
    rested.push(lent);
  });
  const store: Store = {
    ...lent.store,
    submit: (kind, input, nowMs) => {
      if (!isOpen) return Promise.reject(new LedgerUnavailable("the ledger is closed"));
      const outcome = lent.store.submit(kind, input, nowMs);
      pending.add(outcome);
      return outcome.finally(() => pending.delete(outcome));
    },
    close,
  };
  return { url: lent.url, store };
}

async function openOne(): Promise<Rested> {
  const url = await databaseWithTables();
  const sweeper = new Client({ connectionString: url, options: "-c search_path=interchange" });
  // The server goes when the tests are over, and nobody sweeps after that.
  sweeper.on("error", () => undefined);
  await sweeper.connect();
  return { url, store: await openPostgresStore({ url, schema: "interchange", timeoutMs: 5_000 }), sweeper };
}
