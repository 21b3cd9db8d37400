/** Goal: an explanation names every supplier once, in the order in which they would be tried, and agrees with the decision. */
import { explainRoute, type Offer, type Order } from "@interchange/routing";
import { expect, test } from "vitest";
import { broken, marketOf, offer, order, STATE, type Standings } from "./exchange.ts";

const MIXED = [
  offer("north", { askMicros: 300 }),
  offer("south", { askMicros: 100, features: [] }),
  offer("west", { askMicros: 200 }),
  offer("east", { askMicros: 150 }),
  offer("moor", { askMicros: 120, status: "draining" }),
];

test.each<[string, { offers?: Offer[]; order?: Partial<Order>; standings?: Standings; want: string[] }]>([
  [
    "somebody who may",
    {
      order: { needs: new Set(["tools"]) },
      standings: { east: broken("failing", 3_000), west: broken("slow") },
      want: [
        "chosen 1 north: cheapest",
        "standby 2 west: last resort, since it is slower than promised",
        "excluded south: offers no tools",
        "excluded moor: is being drained",
        "excluded east: has failed too often of late and is left alone for 3 s",
      ],
    },
  ],
  [
    "one at a time",
    {
      order: { preferences: { allowFallbacks: false } },
      want: [
        "chosen 1 south: cheapest",
        "excluded moor: is being drained",
        "excluded east: is not tried, since fallbacks are not allowed",
        "excluded west: is not tried, since fallbacks are not allowed",
        "excluded north: is not tried, since fallbacks are not allowed",
      ],
    },
  ],
  [
    "what was tried and what is avoided",
    {
      order: { tried: new Set(["south"]), avoid: new Set(["east"]) },
      want: [
        "chosen 1 west: cheapest",
        "standby 2 north: cheapest",
        "standby 3 east: last resort, since it has just failed this request",
        "excluded south: was tried for this request and failed",
        "excluded moor: is being drained",
      ],
    },
  ],
  ["nobody who may", { offers: [MIXED[4]!], want: ["excluded moor: is being drained"] }],
  ["nobody at all", { offers: [], want: [] }],
  ["no such instrument", { order: { instrument: "text-ultra" }, want: [] }],
])("%s", (_, given) => {
  const { offers = MIXED } = given;
  const { verdicts } = explainRoute(order(given.order), marketOf(offers, given.standings), STATE);
  const said = verdicts.map(({ kind, place, offer: { supplier }, reason }) =>
    [kind, ...(place === undefined ? [] : [place]), `${supplier}: ${reason}`].join(" "),
  );
  expect(said).toEqual(given.want);
});
