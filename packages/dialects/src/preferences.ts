/**
 * What is said to the market alone: `provider` and `route`, an extension of ours that every surface has in the same words,
 * so that all of them choose alike. No supplier is told of it.
 */
import type { InferenceRequest, Preferences } from "@interchange/inference";
import { type Given, given, isBoolean, isText, isTexts, isWire, type Wire, without } from "./wire.ts";

type Read = Pick<InferenceRequest, "preferences" | "requireParameters">;

/** Total on any body, since not every operation that reads a request has these properties in its contract. */
export function readPreferences({ provider, route }: Wire): Read {
  const said = isWire(provider) ? provider : {};
  const preferences = preferencesOf(said, route);
  return given({
    preferences: Object.keys(preferences).length === 0 ? undefined : preferences,
    requireParameters: said.require_parameters === true ? true : undefined,
  });
}

function preferencesOf(provider: Wire, route: unknown): Given<Preferences> {
  return given({
    order: readNames(provider.order),
    only: readNames(provider.only),
    ignore: readNames(provider.ignore),
    allowFallbacks: readFallbacks(provider.allow_fallbacks, route),
    sort: wordOf(SORTS, provider.sort),
    maxPriceMicros: readCeiling(provider.max_price),
    dataCollection: wordOf(COLLECTIONS, provider.data_collection),
  });
}

/** `route` can only say yes. Where the two contradict each other no is the answer, and the market refuses the request. */
function readFallbacks(allowed: unknown, route: unknown): boolean | undefined {
  if (isBoolean(allowed)) return allowed;
  return route === "fallback" ? true : undefined;
}

const SORTS = ["price", "throughput", "latency"] as const;
const COLLECTIONS = ["allow", "deny"] as const;

function wordOf<Word extends string>(words: readonly Word[], value: unknown): Word | undefined {
  return words.find((word) => word === value);
}

/** An empty list says nothing. */
function readNames(value: unknown): readonly string[] | undefined {
  return isTexts(value) && value.length > 0 ? value : undefined;
}

/** Input and output cost alike, so the lower of the two is the ceiling. */
function readCeiling(value: unknown): number | undefined {
  if (!isWire(value)) return undefined;
  const prices = [value.prompt, value.completion].map(microsOf).filter((price) => price !== undefined);
  return prices.length === 0 ? undefined : Math.min(...prices);
}

/** Dollars as micro-dollars, rounded down, digit by digit: a factor would round 0.29 to a micro-dollar less. */
function microsOf(value: unknown): number | undefined {
  const text = typeof value === "number" ? plainly(value) : value;
  const [, whole, fraction = ""] = (isText(text) && DOLLARS.exec(text)) || [];
  if (whole === undefined) return undefined;
  return Math.min(Number(whole + fraction.slice(0, 6).padEnd(6, "0")), Number.MAX_SAFE_INTEGER);
}

const DOLLARS = /^(\d+)(?:\.(\d+))?$/;

/** As it was written, but where JavaScript would write an exponent: no price is that low, and none that high. */
function plainly(dollars: number): string {
  if (dollars < 0.000_001 && dollars >= 0) return "0";
  return String(Math.min(dollars, DOLLARS_MAX));
}

/** The most that can be counted in micro-dollars, and a little more. */
const DOLLARS_MAX = 10_000_000_000;

/** What the other properties of the body say. */
export function withoutPreferences(body: Wire): Wire {
  return without(body, "provider", "route") ?? {};
}
