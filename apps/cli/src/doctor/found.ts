/** What checks have found out for those after them. */
import type { SurfaceName } from "./context.ts";
import type { Receipt } from "./receipt.ts";
import type { Target } from "./target.ts";
import type { Redirected, Trip } from "./trip.ts";

export interface Found {
  readonly target: Target;
  readonly heard: Heard;
  /** The names of all instruments. */
  readonly catalogue: readonly string[];
  /** The secret, without what stood around it. */
  readonly key: string;
  readonly keyRecord: KeyRecord;
  readonly instrument: InstrumentRecord;
  /** What one of the doctor's own questions would hold. */
  readonly tokensHeld: number;
  readonly redirected: Redirected;
  readonly trips: readonly Trip[];
  readonly receipts: readonly Settled[];
}

/** When an answer was asked for and when it came, by our clock, and when by the gateway's. */
export interface Heard {
  readonly sentAtMs: number;
  readonly gotAtMs: number;
  /** Null where it did not say. */
  readonly date: string | null;
  /** Seconds for which a cache has kept it. */
  readonly ageSeconds: number;
}

export interface KeyRecord {
  readonly role: string;
  readonly inline: boolean;
  /** Null for all. */
  readonly instruments: readonly string[] | null;
  readonly expires_at: string | null;
  readonly limits: {
    readonly requests_per_minute: number | null;
    readonly tokens_per_minute: number | null;
    readonly running_max: number | null;
  };
}

export interface InstrumentRecord {
  readonly name: string;
  readonly floors: { readonly first_token_ms_max: number | null };
}

export interface Settled {
  readonly trip: Trip;
  readonly receipt: Receipt;
}

/** What an earlier check must have left, since this one needs it. */
export function given<Name extends keyof Found>(found: Partial<Found>, name: Name): Found[Name] {
  const value = found[name];
  if (value === undefined) throw new Error(`no check has found the ${name}`);
  return value as Found[Name];
}

export const SURFACE_TITLES: Readonly<Record<SurfaceName, string>> = {
  "chat-completions": "Chat Completions",
  messages: "Messages",
};
