/** Preferences that cannot be meant: a supplier that nobody knows, and wishes that are at odds with each other. */

import { didYouMean, nearest } from "@interchange/config";
import type { Preferences, RefusalOf } from "@interchange/inference";
import type { Engine } from "./engine.ts";

type Invalid = RefusalOf<"request-invalid">;

/** A refusal that names the first of them; undefined where all is well. `body` is as the contract has accepted it. */
export function refusePreferences(
  { market }: Pick<Engine, "market">,
  preferences: Preferences | undefined,
  body: unknown,
): Invalid | undefined {
  if (preferences === undefined) return undefined;
  return unknownIn(market, preferences) ?? contradictionIn(preferences, body);
}

const LISTS = ["order", "only", "ignore"] as const;

/** One that has left the market is still known: whoever names it keeps working. */
function unknownIn(market: Engine["market"], preferences: Preferences): Invalid | undefined {
  for (const list of LISTS) {
    for (const [place, name] of (preferences[list] ?? []).entries()) {
      if (market.hasKnown(name)) continue;
      const known = market.supplierDocuments().map(({ document }) => document.name);
      return invalid(`provider.${list}[${place}]`, `names no supplier${hintAt(name, known)}`);
    }
  }
  return undefined;
}

/** In a large market all the names there are would be no hint. */
const NAMES_MAX = 20;

function hintAt(name: string, known: readonly string[]): string {
  return known.length <= NAMES_MAX || nearest(name, known) !== undefined ? didYouMean(name, known) : "";
}

function contradictionIn(
  { order = [], only, ignore = [], allowFallbacks }: Preferences,
  body: unknown,
): Invalid | undefined {
  const outside = order.findIndex((name) => only !== undefined && !only.includes(name));
  if (outside !== -1) return invalid(`provider.order[${outside}]`, "names a supplier that is not in provider.only");
  const shunned = order.findIndex((name) => ignore.includes(name));
  if (shunned !== -1) return invalid(`provider.order[${shunned}]`, "names a supplier that is in provider.ignore");
  const both = (only ?? []).findIndex((name) => ignore.includes(name));
  if (both !== -1) return invalid(`provider.only[${both}]`, "names a supplier that is in provider.ignore");
  const isTorn = allowFallbacks === false && (body as { route?: unknown } | null)?.route === "fallback";
  return isTorn ? invalid("route", "asks for fallbacks, which provider.allow_fallbacks forbids") : undefined;
}

function invalid(param: string, problem: string): Invalid {
  return { kind: "request-invalid", fault: "value", param, problem };
}
