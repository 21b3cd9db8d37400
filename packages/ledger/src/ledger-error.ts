/** What a ledger throws: a mistake of the calling program, or the store gone. Expected outcomes are returned as values instead. */

/** `bad-input`: a value out of its bounds; `unknown-account`; `conflict`: an id or reference used before for something else. */
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

/** The store has failed or is closed; whether a pending call was carried out is not known. A retry with the same id is safe after reopening. */
export class LedgerUnavailable extends Error {
  override readonly name = "LedgerUnavailable";
}
