/** Goal: an order finds its instrument and offers by one look, and a market that contradicts itself does not come to be. */
import { createMarket, type Offer } from "@interchange/routing";
import { describe, expect, test } from "vitest";
import { offer, TEXT_PRIME } from "./exchange.ts";

const MAX = { ...TEXT_PRIME, name: "Text-Max" };
const OFFERS = [
  offer("a"),
  offer("b", { instrument: "TEXT-max" }),
  offer("a", { dialect: "messages" }),
  offer("c", { dialect: "messages" }),
];
const market = createMarket({ instruments: [TEXT_PRIME, MAX], offers: OFFERS });

describe("market", () => {
  test.each([
    ["text-prime", TEXT_PRIME],
    ["Text-Prime", TEXT_PRIME],
    ["TEXT-PRIME", TEXT_PRIME],
    ["text-max", MAX],
    ["text-prime ", undefined],
    ["", undefined],
    ["__proto__", undefined],
    ["constructor", undefined],
  ])("instrument(%j)", (name, want) => {
    expect(market.instrument(name)).toBe(want);
  });

  test("instruments stand in the order of the catalogue", () => {
    expect(market.instruments()).toEqual([TEXT_PRIME, MAX]);
  });

  test.each<[string, Offer[]]>([
    ["text-prime", [OFFERS[0]!, OFFERS[2]!, OFFERS[3]!]],
    ["TEXT-MAX", [OFFERS[1]!]],
    ["text-ultra", []],
  ])("offersOf(%j)", (name, want) => {
    expect(market.offersOf(name)).toEqual(want);
  });

  test("each surface meets every supplier once, with its own format before the others", () => {
    expect(market.offersFor(TEXT_PRIME, "chat-completions")).toEqual([[OFFERS[0], OFFERS[2]], [OFFERS[3]]]);
    expect(market.offersFor(TEXT_PRIME, "messages")).toEqual([[OFFERS[2], OFFERS[0]], [OFFERS[3]]]);
    expect(market.offersFor(TEXT_PRIME, "responses")).toEqual([[OFFERS[0], OFFERS[2]], [OFFERS[3]]]);
    expect(market.offersFor({ ...TEXT_PRIME, name: "text-ultra" }, "messages")).toEqual([]);
  });

  test("a ticket's offer is found again", () => {
    expect(market.offer("Text-Prime", "a", "messages")).toBe(OFFERS[2]);
    expect(market.offer("text-prime", "b", "messages")).toBeUndefined();
    expect(market.offer("text-ultra", "a", "messages")).toBeUndefined();
  });

  test.each<[string, () => unknown]>([
    [
      "The instrument TEXT-PRIME is there twice.",
      () => createMarket({ instruments: [TEXT_PRIME, { ...MAX, name: "TEXT-PRIME" }], offers: [] }),
    ],
    ["a offers the unknown instrument text-prime.", () => createMarket({ instruments: [], offers: [offer("a")] })],
    [
      "a offers text-prime twice in the messages format.",
      () =>
        createMarket({
          instruments: [TEXT_PRIME],
          offers: [...OFFERS.filter((o) => o.supplier === "a"), offer("a", { dialect: "messages" })],
        }),
    ],
  ])("%s", (message, create) => {
    expect(create).toThrow(message);
  });
});
