/** Goal: an order may count on what an offer's row says and on what goes without saying, as far as the format can say it. */

import { FORMATS, type Format, type OfferRow } from "@interchange/config";
import { dialects, type Quirks } from "@interchange/dialects";
import { FEATURES, type Feature, TAKEN_FOR_GRANTED } from "@interchange/inference";
import { describe, expect, test } from "vitest";
import { asOffered } from "../src/market/offer.ts";

const offered = (dialect: Format, row: Partial<OfferRow>, quirks: Quirks = {}): ReadonlySet<Feature> =>
  new Set(
    asOffered(
      {
        supplier: "a",
        dialect,
        instrument: "text-max",
        model: "m",
        askMicros: 1,
        delivery: "relay",
        features: [],
        ...row,
      },
      quirks,
    ).features,
  );

describe.each(FORMATS)("an offer in %s", (dialect) => {
  const { carries } = dialects[dialect].supplier;
  const carried = (...features: readonly Feature[]): ReadonlySet<Feature> =>
    carries.intersection(new Set<Feature>(features));

  test("what goes without saying is there as far as the format can say it, and what is declared comes to it", () => {
    expect(offered(dialect, {})).toEqual(carried(...TAKEN_FOR_GRANTED));
    expect(offered(dialect, { features: ["tools"] })).toEqual(carried(...TAKEN_FOR_GRANTED, "tools"));
    expect(offered(dialect, { features: FEATURES })).toEqual(carries);
  });

  test("Q22 what a row lacks is not there, declared or not", () => {
    expect(offered(dialect, { features: FEATURES, lacks: FEATURES })).toEqual(new Set());
    expect(offered(dialect, { lacks: ["temperature-with-top-p"] })).toEqual(
      carried(...TAKEN_FOR_GRANTED.filter((feature) => feature !== "temperature-with-top-p")),
    );
  });

  test("Q24 who refuses to be told how many tools to call at once does not honour it", () => {
    const single = (quirks: Quirks) => offered(dialect, {}, quirks).has("single-tool-calls");
    expect(single({})).toBe(true);
    expect(single({ parallelToolCalls: false })).toBe(dialect !== "chat-completions");
  });

  test("what the format has no words for is set apart, whatever the row says", () => {
    const row = { supplier: "a", dialect, instrument: "i", model: "m", askMicros: 1, delivery: "relay" } as const;
    const { unsayable } = asOffered({ ...row, features: FEATURES });
    expect(new Set(unsayable)).toEqual(new Set(FEATURES).difference(carries));
  });

  test("JSON with a schema implies JSON without one where the format can say that, unless the row lacks either", () => {
    const json = (row: Partial<OfferRow>) => offered(dialect, row).has("json-object");
    expect(json({ features: ["structured-output"] })).toBe(carries.has("json-object"));
    expect(json({ features: ["structured-output"], lacks: ["json-object"] })).toBe(false);
    expect(json({ features: ["structured-output"], lacks: ["structured-output"] })).toBe(false);
    expect(json({ features: [] })).toBe(false);
  });
});
