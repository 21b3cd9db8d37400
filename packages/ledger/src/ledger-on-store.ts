/** A ledger on any store: checks at the boundary, keys in a cache, everything else in the store. */

import type { Random } from "./key.ts";
import { keyCache } from "./key-cache.ts";
import { accountsOf } from "./ledger/accounts.ts";
import { balancesOf } from "./ledger/balances.ts";
import { checksOf } from "./ledger/checks.ts";
import { creditsOf } from "./ledger/credits.ts";
import { holdsOf } from "./ledger/holds.ts";
import { keysOf } from "./ledger/keys.ts";
import { notesOf } from "./ledger/notes.ts";
import type { Parts, Submit } from "./ledger/parts.ts";
import { purchasesOf } from "./ledger/purchases.ts";
import { recordsOf } from "./ledger/records.ts";
import { usagesOf } from "./ledger/usages.ts";
import type { Ledger } from "./ledger.ts";
import type { Store } from "./store.ts";

/** The ledger that a store keeps; the store decides where and how durably. */
export function ledgerOn(store: Store, clock: () => number, random: Random): Ledger {
  const submit: Submit = (kind, input) => store.submit(kind, input, clock());
  const parts: Parts = { store, submit, clock, random };
  const cache = keyCache(store.watch);
  return {
    ...accountsOf(parts, (subjectId) => cache.forget({ subject: "account", subjectId })),
    ...keysOf(parts, cache),
    ...balancesOf(parts),
    ...holdsOf(parts),
    ...usagesOf(parts),
    ...creditsOf(parts),
    ...purchasesOf(parts),
    ...notesOf(parts),
    ...recordsOf(parts),
    ...checksOf(parts),
  };
}
