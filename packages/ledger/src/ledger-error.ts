/** What a ledger throws: a mistake of the calling program, or a store that cannot be had. Expected outcomes are returned as values instead. */

/** `bad-input`: a value out of its bounds; `unknown-account`; `conflict`: an id or reference used before for something else, or something new for a closed account. */
export type LedgerErrorCode = "bad-input" | "unknown-account" | "conflict";

/** The calling program is wrong; nothing was changed. */
export class LedgerError extends Error {
  override readonly name = "LedgerError";
  readonly code: LedgerErrorCode;

  constructor(code: LedgerErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * The store cannot be had. Another process keeps the file locked: nothing was done, and it passes. The ledger is closed:
 * nothing was done. The disk or the database has failed: later calls are refused until it is back, and whether those under way were
 * carried out is not known; what bears an id or a reference can safely be asked again.
 */
export class LedgerUnavailable extends Error {
  override readonly name = "LedgerUnavailable";
}
