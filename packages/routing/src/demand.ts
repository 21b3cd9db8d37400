/** Demand: an order as offers are held against it, worked out once for a decision. */
import type { Preferences } from "@interchange/inference";
import { bitsOf } from "./bits.ts";
import type { Instrument } from "./instrument.ts";
import { type Names, namesOf } from "./names.ts";
import type { Order } from "./order.ts";

export interface Demand {
  readonly order: Order;
  readonly instrument: Instrument;
  readonly nowMs: number;
  /** The needs, as bits. */
  readonly needs: number;
  /** Tokens of output asked for. */
  readonly outputTokens: number;
  /** Input and output together. */
  readonly contextTokens: number;
  readonly isBound: boolean;
  readonly preferences: Preferences;
  /** Those of the preferences that keep suppliers out by their names; absent where none do. */
  readonly names: NamesDemanded | undefined;
  readonly deniesData: boolean;
  /** Whether nobody but those in the caller's order may be asked. */
  readonly isClosed: boolean;
  /** Suppliers that were tried, and those to be avoided; absent where there are none. */
  readonly tried: Names | undefined;
  readonly avoid: Names | undefined;
  /** The bits of all names that may matter: of a supplier that has none of them, no list has to be searched. */
  readonly namedBits: number;
  /** The most that may be asked for, in micro-dollars per Unit: by the caller, and by anybody. */
  readonly maxPriceMicros: number;
  readonly askMicrosMax: number;
}

export interface NamesDemanded {
  readonly only: Names | undefined;
  readonly ignore: Names | undefined;
  /** The caller's order, where nobody else may be asked. */
  readonly order: Names | undefined;
}

const NO_PREFERENCES: Preferences = {};

export function demandOf(order: Order, instrument: Instrument, nowMs: number): Demand {
  const { preferences = NO_PREFERENCES } = order;
  // A cap above the instrument's own ceiling asks for no more: nobody sells beyond it.
  const outputTokens = Math.min(order.outputTokensMax ?? 0, instrument.outputTokensMax);
  const { maxPriceMicros = Number.POSITIVE_INFINITY } = preferences;
  const isClosed = preferences.order !== undefined && preferences.allowFallbacks === false;
  const [names, tried, avoid] = [demandedIn(preferences, isClosed), unlessEmpty(order.tried), unlessEmpty(order.avoid)];
  return {
    order,
    instrument,
    nowMs,
    needs: bitsOf(order.needs),
    outputTokens,
    contextTokens: order.inputTokens + outputTokens,
    isBound: order.bonds.length > 0,
    preferences,
    names,
    deniesData: preferences.dataCollection === "deny",
    isClosed,
    tried,
    avoid,
    namedBits: bitsIn(names) | (tried?.bits ?? 0) | (avoid?.bits ?? 0),
    maxPriceMicros,
    askMicrosMax: Math.min(maxPriceMicros, instrument.askMicrosMax ?? Number.POSITIVE_INFINITY),
  };
}

function demandedIn({ only, ignore, order }: Preferences, isClosed: boolean): NamesDemanded | undefined {
  if (only === undefined && ignore === undefined && !isClosed) return undefined;
  return { only: namesOf(only), ignore: namesOf(ignore), order: isClosed ? namesOf(order) : undefined };
}

function unlessEmpty(names: ReadonlySet<string> | undefined): Names | undefined {
  return names === undefined || names.size === 0 ? undefined : namesOf(names);
}

/** Where only some may be asked, it matters that a name is not there. */
function bitsIn(names: NamesDemanded | undefined): number {
  if (names === undefined) return 0;
  return names.only === undefined && names.order === undefined ? (names.ignore?.bits ?? 0) : ALL_BITS;
}

const ALL_BITS = -1;
