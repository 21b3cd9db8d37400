/** Settings: how large the simulated market is, and how it behaves. */

export interface Settings {
  readonly seed: number;
  readonly suppliers: number;
  readonly instruments: number;
  /** How many instruments each supplier sells. */
  readonly sells: number;
  readonly requests: number;
  /** Of all instruments together, once as many conversations go on as end. */
  readonly requestsPerSecond: number;
  /** The share of suppliers that fail at any time. */
  readonly failing: number;
}

/** A market of 6,000 offers: 300 for each instrument. */
export const LONG: Settings = {
  seed: 1,
  suppliers: 3_000,
  instruments: 20,
  sells: 2,
  requests: 2_000_000,
  requestsPerSecond: 1_000,
  failing: 0.05,
};

/** One tenth of it, as dense for each instrument, for a few minutes. */
export const SHORT: Settings = { ...LONG, suppliers: 300, instruments: 2, requests: 50_000, requestsPerSecond: 100 };

/** What the suppliers owe: the longest wait for the first token. */
export const FIRST_TOKEN_MS_MAX = 2_000;

/** A supplier fails for so long on average. */
export const SPELL_MS = 90_000;

/** Of all requests at a healthy supplier this share fails all the same. */
export const STRAY_FAILURES = 0.0005;

/** How long a supplier keeps a prefix that nobody comes back to. */
export const PREFIX_LIFE_MS = 300_000;

/** How often suppliers may ask another price. */
export const ASKING_MS = 30_000;

/** The fallback of the gateway, as it is configured by default. */
export const FALLBACK = {
  attemptsMax: 4,
  /** Until the first byte, when somebody else is left. */
  afterMs: 30_000,
  /** The same of a supplier that is being tried out. */
  probeAfterMs: 10_000,
  /** Of the last attempt. */
  lastMs: 120_000,
};
