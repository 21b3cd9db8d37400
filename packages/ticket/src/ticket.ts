/** A ticket: the right to one run of the second leg. */

/** Instants are milliseconds since 1970; amounts are tokens. */
export type Ticket = {
  requestId: string;
  /** Who sealed it, by origin or name. */
  issuer: string;
  /** Who may run it. */
  supplier: string;
  /** Who pays, under a name that tells a supplier nothing. */
  account: string;
  surface: string;
  /** The wire format in which the supplier is asked. */
  dialect: string;
  /** The path of the operation, from the origin: `/v1/messages`. */
  path: string;
  instrument: string;
  /** The supplier's own id of the model. */
  model?: string;
  tokensHeld: number;
  /** The most that may be put out; absent means the hold is the only bound. */
  outputTokensMax?: number;
  /** SHA-256 of the body in base64url, as `bodyDigest` gives it. */
  bodyDigest: string;
  /** What the caller had left of its limits when this was sealed; absent where nothing limits it. */
  allowance?: { requests?: Remainder; tokens?: Remainder };
  /** Where the tokens held were counted against limits: the counter's name, and when what it counts is over. */
  counted?: readonly { counter: string; endsAtMs: number }[];
  stream: boolean;
  issuedAtMs: number;
  /** From this instant on it is expired. */
  expiresAtMs: number;
};

/** What is left of one limit, and when all of it is there again. */
export type Remainder = { limit: number; remaining: number; resetAtMs: number };

/** How long a ticket should live: enough for a slow client to follow, too short to be kept. */
export const TICKET_LIFE_MS = 60_000;

/** The longest ticket sealed or read, in characters: a whole `Location` must stay under 2 KB. */
export const TICKET_LENGTH_MAX = 1_600;
