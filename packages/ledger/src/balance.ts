/** The balance of one account in one instrument, in tokens. */

/** `deposited = available + held + used + lapsed` at every commit. */
export type Balance = {
  instrument: string;
  deposited: number;
  used: number;
  held: number;
  /** What a new hold may take. */
  available: number;
  /** What went unused past its lot's expiry. */
  lapsed: number;
};
