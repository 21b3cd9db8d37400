/** The ledger as its callers see it. */

import type { Accounts } from "./ledger/accounts.ts";
import type { Balances } from "./ledger/balances.ts";
import type { Checks } from "./ledger/checks.ts";
import type { Credits } from "./ledger/credits.ts";
import type { Holds } from "./ledger/holds.ts";
import type { Keys } from "./ledger/keys.ts";
import type { Notes } from "./ledger/notes.ts";
import type { Purchases } from "./ledger/purchases.ts";
import type { Records } from "./ledger/records.ts";
import type { Usages } from "./ledger/usages.ts";

/**
 * Prepaid balances. Amounts are whole tokens and whole micro-dollars, instants are milliseconds since 1970. What a call
 * changed is on disk before its promise resolves. Expected outcomes are values told apart by `kind`; a `LedgerError` is a
 * mistake of the caller, a `LedgerUnavailable` means that the store is locked by another process, has failed or is closed.
 * What is asked of an account that does not exist is an `unknown-account`, what would be new in one that is closed a `conflict`.
 */
export type Ledger = Accounts & Keys & Balances & Holds & Usages & Credits & Purchases & Notes & Records & Checks;
