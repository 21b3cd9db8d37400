/** Goal: what the configuration says is in the market once, an edited row counts again, and what nobody edited stays as it was left. */

import type { SupplierRow } from "@interchange/config";
import type { Ledger } from "@interchange/ledger";
import { describe, expect, test } from "vitest";
import type { OfferDocument, SupplierDocument } from "../src/market/index.ts";
import {
  freshBooks,
  MAX,
  offerRow,
  openStall,
  PRIME,
  type Rows,
  rowsOf,
  type Stall,
  supplierRow,
} from "./market-rig.ts";

const NORTH = supplierRow("north");
const NORTH_OFFER = "north:text-prime:messages";

/** Starts one gateway after another on the same books. */
function starts(ledger: Ledger): (config: Rows) => Promise<Stall> {
  let last: Stall | undefined;
  return async (config) => {
    await last?.market.close(true);
    last = await openStall({ config, ledger });
    return last;
  };
}

async function start(): Promise<{ ledger: Ledger; begin: (...rows: SupplierRow[]) => Promise<Stall> }> {
  const ledger = await freshBooks().open();
  const begin = starts(ledger);
  return { ledger, begin: (...rows) => begin(rowsOf(...rows)) };
}

const versionsIn = async (ledger: Ledger) =>
  Object.fromEntries((await ledger.recordsInEffect()).map(({ name, version }) => [name, version]));

const offered = ({ market }: Stall, id = NORTH_OFFER) => market.offerDocument(id)?.document as OfferDocument;
const supplied = ({ market }: Stall, name = "north") => market.supplierDocument(name)?.document as SupplierDocument;

test("the first start puts each row once, and a second one nothing", async () => {
  const { ledger, begin } = await start();
  const first = await begin(NORTH);
  const want = {
    "instrument/text-prime": 1,
    "instrument/text-max": 1,
    "supplier/north": 1,
    "offer/north:text-prime:messages": 1,
  };
  expect(await versionsIn(ledger)).toEqual(want);
  expect(first.market.instruments().map(({ name }) => name)).toEqual(["text-prime", "text-max"]);
  expect(first.asks()).toEqual(["north 100 active"]);
  expect((await begin(NORTH)).asks()).toEqual(["north 100 active"]);
  expect(await versionsIn(ledger)).toEqual(want);
});

test("two that start at once on one configuration make one version of each", async () => {
  const ledger = await freshBooks().open();
  const config = rowsOf(NORTH, supplierRow("south", { offers: [offerRow("south", { askMicros: 90 })] }));
  const stalls = await Promise.all([openStall({ config, ledger }), openStall({ config, ledger })]);
  for (const stall of stalls) expect(stall.asks()).toEqual(["south 90 active", "north 100 active"]);
  expect(new Set(Object.values(await versionsIn(ledger)))).toEqual(new Set([1]));
});

test("no secret is in the books, whoever gave it", async () => {
  const { ledger, begin } = await start();
  await begin(supplierRow("north", { credential: "hunter2", credentialEnv: "NORTH_KEY" }));
  const text = JSON.stringify(await ledger.recordsInEffect());
  expect(text).toContain("NORTH_KEY");
  expect(text).not.toContain("hunter2");
});

test("properties in another order are no edit, and neither is another secret", async () => {
  const { ledger, begin } = await start();
  await begin(supplierRow("north", { credential: "one" }));
  const { name, ...rest } = supplierRow("north", { credential: "other" });
  await begin({ ...rest, name });
  expect((await versionsIn(ledger))["supplier/north"]).toBe(1);
});

describe("what the platform has changed", () => {
  const changed = async () => {
    const { begin, ledger } = await start();
    const { market } = await begin(NORTH);
    await market.putOffer({ ...offered({ market } as Stall), askMicros: 250 }, { author: "key_1" });
    return { begin, ledger };
  };

  test("stands while the row is as it was, from one start to the next", async () => {
    const { begin } = await changed();
    expect((await begin(NORTH)).asks()).toEqual(["north 250 active"]);
    expect((await begin(NORTH)).asks()).toEqual(["north 250 active"]);
  });

  test("gives way to an edited row, which is told to the log, and is then left alone again", async () => {
    const { begin, ledger } = await changed();
    const edited = supplierRow("north", { offers: [offerRow("north", { askMicros: 70 })] });
    const stall = await begin(edited);
    expect(stall.asks()).toEqual(["north 70 active"]);
    expect(stall.log().filter(({ record }) => record === `offer/${NORTH_OFFER}`)).toHaveLength(1);
    await stall.market.putOffer({ ...offered(stall), askMicros: 80 }, { author: "key_1" });
    expect((await begin(edited)).asks()).toEqual(["north 80 active"]);
    expect((await versionsIn(ledger))[`offer/${NORTH_OFFER}`]).toBe(4);
  });

  test("keeps when it was founded, and by whom", async () => {
    const { begin } = await changed();
    const before = offered(await begin(NORTH));
    const after = offered(await begin(supplierRow("north", { offers: [offerRow("north", { model: "n" })] })));
    // Of the row the model alone was edited, so that the ask is still what it was changed to.
    expect(after).toEqual({ ...before, model: "n", askMicros: 250 });
    expect(after.origin).toBe("config");
  });
});

describe("what the platform has removed", () => {
  test("stays away while its row is there, as it was or edited", async () => {
    const { begin } = await start();
    const { market } = await begin(NORTH);
    expect(await market.removeSupplier("north", "key_1")).toBe(true);
    expect((await begin(NORTH)).asks()).toEqual([]);
    const edited = supplierRow("north", {
      baseUrl: "http://elsewhere.test",
      offers: [offerRow("north", { askMicros: 5 })],
    });
    const stall = await begin(edited);
    expect(stall.asks()).toEqual([]);
    expect(stall.log().some(({ msg }) => msg.startsWith("left out of the market"))).toBe(true);
  });

  test("is back when its row was away for one start", async () => {
    const { begin } = await start();
    const { market } = await begin(NORTH);
    await market.removeSupplier("north", "key_1");
    await begin();
    expect((await begin(NORTH)).asks()).toEqual(["north 100 active"]);
  });
});

describe("what has no row any more", () => {
  test("leaves: a supplier with all of its offers, also those that the platform put", async () => {
    const { begin, ledger } = await start();
    const { market } = await begin(NORTH, supplierRow("south"));
    const own = { ...offered({ market } as Stall), instrument: MAX.name, origin: "platform" as const };
    await market.putOffer(own, { author: "key_1" });
    expect(market.offersOf(MAX.name)).toHaveLength(1);
    const stall = await begin(supplierRow("south"));
    expect(stall.asks()).toEqual(["south 100 active"]);
    expect(stall.market.offersOf(MAX.name)).toEqual([]);
    expect(supplied(stall)).toBeUndefined();
    expect(stall.market.offerDocuments({ supplier: "north" })).toEqual([]);
    expect(stall.market.hasKnown("north")).toBe(true);
    expect(stall.market.hasKnown("west")).toBe(false);
    expect(stall.log().map(({ record }) => record)).toEqual(
      expect.arrayContaining(["supplier/north", `offer/${NORTH_OFFER}`, "offer/north:text-max:messages"]),
    );
    const versions = await versionsIn(ledger);
    await begin(supplierRow("south"));
    expect(await versionsIn(ledger)).toEqual(versions);
    expect((await begin(NORTH, supplierRow("south"))).asks()).toEqual(["north 100 active", "south 100 active"]);
  });

  test("leaves: an offer alone", async () => {
    const { begin } = await start();
    await begin(supplierRow("north", { offers: [offerRow("north"), offerRow("north", { instrument: MAX.name })] }));
    const stall = await begin(NORTH);
    expect(stall.asks()).toEqual(["north 100 active"]);
    expect(stall.asks(MAX.name)).toEqual([]);
  });

  test("an instrument is retired, and is sold again when its row is back", async () => {
    const ledger = await freshBooks().open();
    const begin = starts(ledger);
    await begin(rowsOf(NORTH));
    const without = await begin({ instruments: [PRIME], suppliers: [NORTH] });
    expect(without.market.instrument(MAX.name)).toBeUndefined();
    expect(without.market.retiredAtMs("Text-Max")).toBeLessThanOrEqual(Date.now());
    expect(without.market.instrumentDocument(MAX.name)?.document.isRetired).toBe(true);
    const versions = await versionsIn(ledger);
    await begin({ instruments: [PRIME], suppliers: [NORTH] });
    expect(await versionsIn(ledger)).toEqual(versions);
    const back = await begin(rowsOf(NORTH));
    expect(back.market.instrument(MAX.name)).toMatchObject({ features: MAX.features });
    expect(back.market.retiredAtMs(MAX.name)).toBeUndefined();
  });

  test("what the platform founded stays, row or no row", async () => {
    const { begin } = await start();
    const { market } = await begin(NORTH);
    const platform = { origin: "platform", createdAtMs: 1 } as const;
    await market.putSupplier({ ...supplied({ market } as Stall), name: "own", ...platform }, { author: "key_1" });
    await market.putOffer({ ...offered({ market } as Stall), supplier: "own", ...platform }, { author: "key_1" });
    await market.putInstrument({ ...PRIME, name: "text-own", ...platform }, { author: "key_1" });
    const stall = await begin();
    expect(stall.asks()).toEqual(["own 100 active"]);
    expect(stall.market.instruments().map(({ name }) => name)).toEqual(["text-prime", "text-max", "text-own"]);
  });
});

test("10,000 offers are put, and found as they are, in no time to speak of", async () => {
  const ledger = await freshBooks().open();
  const instruments = Array.from({ length: 10 }, (_, i) => ({ ...PRIME, name: `i-${i}` }));
  const suppliers = Array.from({ length: 500 }, (_, s) => {
    const dialects = ["messages", "chat-completions"] as const;
    const offers = instruments.flatMap(({ name: instrument }) =>
      dialects.map((dialect) => offerRow(`s-${s}`, { instrument, dialect })),
    );
    return supplierRow(`s-${s}`, { dialects, offers });
  });
  const begin = starts(ledger);
  const begun = performance.now();
  const { market } = await begin({ instruments, suppliers });
  const seededMs = performance.now() - begun;
  expect(market.offersOf("i-7")).toHaveLength(1_000);
  const again = performance.now();
  await begin({ instruments, suppliers });
  const foundMs = performance.now() - again;
  console.info(`seeded in ${Math.round(seededMs)} ms, found in ${Math.round(foundMs)} ms`);
  expect(seededMs).toBeLessThan(20_000);
  expect(foundMs).toBeLessThan(5_000);
});

test("a configuration that says a thing twice is refused", async () => {
  const ledger = await freshBooks().open();
  const config = rowsOf(NORTH, supplierRow("north", { baseUrl: "http://other.test" }));
  await expect(openStall({ config, ledger })).rejects.toThrow("the supplier north twice");
});

test("without a ledger that answers there is no market", async () => {
  const ledger = await freshBooks().open();
  const broken = { ...ledger, putRecord: () => Promise.reject(new Error("away")) };
  await expect(openStall({ config: rowsOf(NORTH), ledger: broken })).rejects.toThrow("away");
});
