/** Goal: an order finds its instrument and offers by one look, and a market that contradicts itself does not come to be. */
import { createMarket, freshStanding, type Offer } from "@interchange/routing";
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

  test.each<[string, Offer[][]]>([
    ["chat-completions", [[OFFERS[0]!, OFFERS[2]!], [OFFERS[3]!]]],
    ["messages", [[OFFERS[2]!, OFFERS[0]!], [OFFERS[3]!]]],
    ["responses", [[OFFERS[0]!, OFFERS[2]!], [OFFERS[3]!]]],
  ])("the %s surface meets every supplier once, with its own format before the others", (surface, want) => {
    const { all } = market.choicesFor(TEXT_PRIME, surface);
    expect(all.map(({ terms }) => terms.map(({ offer }) => offer))).toEqual(want);
    expect(all.map(({ terms }) => terms.map(({ isForeign }) => isForeign))).toEqual(
      want.map((offers) => offers.map(({ dialect }) => dialect !== surface)),
    );
  });

  test("choices stand in the order of their lowest asks, equal ones by code unit", () => {
    const offers = [
      offer("d", { askMicros: 3 }),
      offer("b", { askMicros: 5 }),
      offer("b", { askMicros: 2, dialect: "messages" }),
      offer("a", { askMicros: 3 }),
      offer("B", { askMicros: 3 }),
    ];
    const { all } = createMarket({ instruments: [TEXT_PRIME], offers }).choicesFor(TEXT_PRIME, "chat-completions");
    expect(all.map(({ supplier, askMicros }) => [supplier, askMicros])).toEqual([
      ["b", 2],
      ["B", 3],
      ["a", 3],
      ["d", 3],
    ]);
  });

  test("a supplier is found among the choices by its name, as it is written", () => {
    const choices = market.choicesFor(TEXT_PRIME, "messages");
    expect(choices.of("c")).toBe(choices.all[1]);
    expect(["b", "C", "", "__proto__"].map(choices.of)).toEqual([undefined, undefined, undefined, undefined]);
  });

  test("nobody sells an instrument that is not there", () => {
    const nobody = market.choicesFor({ ...TEXT_PRIME, name: "text-ultra" }, "messages");
    expect([nobody.all, nobody.of("a")]).toEqual([[], undefined]);
  });

  test("terms say what holds: the instrument's own where the offer says nothing", () => {
    const [plain, own] = [
      offer("a"),
      offer("b", { contextTokens: 5, outputTokensMax: 3, runningMax: 2, status: "draining", collectsData: false }),
    ];
    const { all } = createMarket({ instruments: [TEXT_PRIME], offers: [plain, own] }).choicesFor(
      TEXT_PRIME,
      "messages",
    );
    expect(all.map(({ terms }) => terms)).toMatchObject([
      [{ contextTokens: 128_000, outputTokensMax: 30_000, status: "active", keepsNothing: false }],
      [{ contextTokens: 5, outputTokensMax: 3, runningMax: 2, status: "draining", keepsNothing: true }],
    ]);
  });

  test("a choice has the one live standing of its supplier, whatever the surface", () => {
    const standing = freshStanding("a", "text-prime");
    const live = createMarket({ instruments: [TEXT_PRIME], offers: [OFFERS[0]!], standing: () => standing });
    for (const surface of ["messages", "chat-completions"]) {
      expect(live.choicesFor(TEXT_PRIME, surface).all[0]?.standing).toBe(standing);
    }
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
