/** Goal: whatever is put is on sale at once here and within a second elsewhere, from the instant on that it says, and nothing that is written breaks a gateway. */
import { type Ledger, openLedger } from "@interchange/ledger";
import { type PostgresServer, startPostgres } from "@interchange/postgres-server";
import { createHealth, type Health, stateOf } from "@interchange/routing";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import type { InstrumentDocument, LiveMarketOptions, OfferDocument, SupplierDocument } from "../src/market/index.ts";
import { notedHealth } from "../src/market/index.ts";
import { freshBooks, MAX, offerRow, openStall, PRIME, rowsOf, type Stall, supplierRow } from "./market-rig.ts";

const AUTHOR = { author: "key_1" };
const NORTH = supplierRow("north");
const SOUTH = supplierRow("south", { offers: [offerRow("south", { askMicros: 90 })] });
const CONFIG = rowsOf(NORTH, SOUTH);
const OFFER = "north:text-prime:messages";

const offerOf = ({ market }: Stall, id = OFFER) => market.offerDocument(id)?.document as OfferDocument;
const supplierOf = ({ market }: Stall, name = "north") => market.supplierDocument(name)?.document as SupplierDocument;
const primeOf = ({ market }: Stall) => market.instrumentDocument(PRIME.name)?.document as InstrumentDocument;

async function openOne(options: Partial<LiveMarketOptions> = {}): Promise<Stall & { readonly ledger: Ledger }> {
  const ledger = options.ledger ? (options.ledger as Ledger) : await freshBooks(options.clock).open();
  return { ...(await openStall({ config: CONFIG, ...options, ledger })), ledger };
}

/** A clock that stands still until it is moved. */
function movedClock() {
  let nowMs = 1_800_000_000_000;
  return {
    clock: () => nowMs,
    move: (ms: number) => {
      nowMs += ms;
    },
  };
}

describe("an offer", () => {
  test.each([
    ["active", "active", "active"],
    ["active", "draining", "draining"],
    ["draining", "paused", "paused"],
    ["paused", "active", "paused"],
    ["draining", "active", "draining"],
  ] as const)("that is %s of a supplier that is %s is %s", async (own, supplier, want) => {
    const row = supplierRow("north", { status: supplier, offers: [offerRow("north", { status: own })] });
    expect((await openOne({ config: rowsOf(row) })).asks()).toEqual([`north 100 ${want}`]);
  });

  test("is as its supplier and its instrument are, where it says nothing itself", async () => {
    const dialects = ["messages", "chat-completions"] as const;
    const offers = dialects.map((dialect) => offerRow("north", { dialect, runningMax: 3 }));
    const quirks = { parallelToolCalls: false };
    const stall = await openOne({
      config: rowsOf(supplierRow("north", { dialects, collectsData: true, quirks, offers })),
    });
    const { market } = stall;
    const [messages, chat] = dialects.map((dialect) => market.offer(PRIME.name, "north", dialect));
    for (const offer of [messages, chat]) {
      expect(offer).toMatchObject({ collectsData: true, runningMax: 3, delivery: "relay" });
      expect(offer?.features).toContain("tools");
      expect(offer?.features).not.toContain("image");
    }
    expect(messages?.features).toContain("single-tool-calls");
    expect(chat?.features).not.toContain("single-tool-calls");
    await market.putInstrument({ ...primeOf(stall), features: ["image"] }, AUTHOR);
    expect(market.offer(PRIME.name, "north", "messages")?.features).toContain("image");
    expect(market.offer(PRIME.name, "north", "messages")?.features).not.toContain("tools");
  });

  test("of a supplier or an instrument that is not there, or in a format that is not spoken, is left out", async () => {
    const stall = await openOne();
    const { market } = stall;
    const { askMicros, ...rest } = offerOf(stall);
    await market.putOffer({ ...rest, askMicros, supplier: "nobody" }, AUTHOR);
    await market.putOffer({ ...rest, askMicros, instrument: "text-nothing" }, AUTHOR);
    await market.putOffer({ ...rest, askMicros, dialect: "chat-completions" }, AUTHOR);
    expect(stall.asks()).toEqual(["south 90 active", "north 100 active"]);
    expect(market.offerDocuments({ instrument: "TEXT-prime" })).toHaveLength(4);
    await market.putSupplier({ ...supplierOf(stall), dialects: ["messages", "chat-completions"] }, AUTHOR);
    expect(stall.asks()).toHaveLength(3);
  });
});

test("where one ask moves, the other instruments are not indexed anew", async () => {
  const offers = [offerRow("north"), offerRow("north", { instrument: MAX.name })];
  const stall = await openOne({ config: rowsOf(supplierRow("north", { offers })) });
  const { market } = stall;
  const choices = () => [PRIME, MAX].map((instrument) => market.choicesFor(instrument, "messages"));
  const [prime, max] = choices();
  await market.putOffer({ ...offerOf(stall), askMicros: 7 }, AUTHOR);
  const [primeAfter, maxAfter] = choices();
  expect([prime, primeAfter].map((one) => one?.of("north")?.askMicros)).toEqual([100, 7]);
  expect(maxAfter).toBe(max);
  await market.putSupplier({ ...supplierOf(stall), status: "draining" }, AUTHOR);
  expect(choices().map((one) => one.of("north")?.terms[0]?.offer.status)).toEqual(["draining", "draining"]);
  expect(choices()[0]?.of("north")?.standing).toBe(prime?.of("north")?.standing);
});

describe("whoever puts", () => {
  test("finds it on sale when it is put, with its version, and who wrote it in the books", async () => {
    const stall = await openOne();
    const written = await stall.market.putOffer({ ...offerOf(stall), askMicros: 10 }, { ...AUTHOR, expects: 1 });
    expect(written).toMatchObject({ kind: "put", kept: { version: 2, document: { askMicros: 10 } } });
    expect(stall.asks()[0]).toBe("north 10 active");
    expect(stall.market.offerDocument(OFFER)).toMatchObject({ version: 2 });
    expect(await stall.ledger.record(`offer/${OFFER}`)).toMatchObject({ author: "key_1", version: 2 });
  });

  test("and expects another version than there is, is told which there is, and changes nothing", async () => {
    const stall = await openOne();
    const document = { ...offerOf(stall), askMicros: 10 };
    for (const expects of [0, 2]) {
      expect(await stall.market.putOffer(document, { ...AUTHOR, expects })).toEqual({ kind: "outdated", version: 1 });
    }
    expect(await stall.market.putOffer({ ...document, supplier: "new" }, { ...AUTHOR, expects: 1 })).toEqual({
      kind: "outdated",
      version: 0,
    });
    expect(stall.asks()).toEqual(["south 90 active", "north 100 active"]);
  });

  test("what was removed finds nothing there, and founds it anew", async () => {
    const stall = await openOne();
    const document = offerOf(stall);
    expect(await stall.market.removeOffer(OFFER, "key_1")).toBe(true);
    expect(await stall.market.removeOffer(OFFER, "key_1")).toBe(false);
    expect(stall.asks()).toEqual(["south 90 active"]);
    expect(stall.market.offerDocument(OFFER)).toBeUndefined();
    expect(await stall.market.putOffer(document, { ...AUTHOR, expects: 1 })).toEqual({ kind: "outdated", version: 0 });
    expect(await stall.market.putOffer(document, { ...AUTHOR, expects: 0 })).toMatchObject({ kept: { version: 3 } });
    expect(await stall.market.putOffer(document, { ...AUTHOR, expects: 0 })).toEqual({ kind: "outdated", version: 3 });
  });

  test("beside many others loses nothing that was not said to be replaced", async () => {
    const ledger = await freshBooks().open();
    const stalls = await Promise.all([openStall({ config: CONFIG, ledger }), openStall({ config: CONFIG, ledger })]);
    const one = stalls[0] as Stall;
    const document = offerOf(one);
    const puts = stalls.flatMap(({ market }) =>
      [1, 2, 3].map((askMicros) => market.putOffer({ ...document, askMicros }, AUTHOR)),
    );
    expect((await Promise.all(puts)).map(({ kind }) => kind)).toEqual(Array(6).fill("put"));
    expect(await ledger.record(`offer/${OFFER}`)).toMatchObject({ version: 7 });
    const firsts = await Promise.all(
      stalls.map(({ market }) => market.putOffer({ ...document, supplier: "south" }, { ...AUTHOR, expects: 1 })),
    );
    expect(firsts.map(({ kind }) => kind).sort()).toEqual(["outdated", "put"]);
  });

  test("hears of it when the books are away", async () => {
    const ledger = await freshBooks().open();
    let isAway = false;
    const flaky = {
      ...ledger,
      putRecord: (put: Parameters<Ledger["putRecord"]>[0]) =>
        isAway ? Promise.reject(new Error("the books are away")) : ledger.putRecord(put),
    };
    const stall = await openStall({ config: CONFIG, ledger: flaky });
    isAway = true;
    await expect(stall.market.putOffer({ ...offerOf(stall), askMicros: 1 }, AUTHOR)).rejects.toThrow("away");
    await expect(stall.market.removeOffer(OFFER, "key_1")).rejects.toThrow("away");
    expect(stall.asks()).toEqual(["south 90 active", "north 100 active"]);
  });
});

describe("an instrument's versions", () => {
  test("come in effect at their instants, and until then the one before is sold", async () => {
    const { clock, move } = movedClock();
    const stall = await openOne({ clock });
    const { market } = stall;
    const first = primeOf(stall);
    const soon = { ...AUTHOR, effectiveAtMs: clock() + 1_000 };
    const later = { ...AUTHOR, effectiveAtMs: clock() + 5_000 };
    await market.putInstrument({ ...first, contextTokens: 200_000, priceMicrosPerUnit: 7 }, soon);
    await market.putInstrument({ ...first, isRetired: true }, later);
    expect(market.instrument("Text-Prime")).toMatchObject({ contextTokens: 128_000 });
    expect(market.instrumentDocument(PRIME.name)).toMatchObject({ version: 1, isInEffect: true, next: { version: 2 } });
    move(1_000);
    expect(market.instrument("Text-Prime")).toMatchObject({ contextTokens: 200_000, priceMicrosPerUnit: 7 });
    expect(market.instrumentDocument(PRIME.name)).toMatchObject({ version: 2, next: { version: 3 } });
    move(3_999);
    expect(stall.asks()).toHaveLength(2);
    move(1);
    expect(market.instrument("Text-Prime")).toBeUndefined();
    expect(stall.asks()).toEqual([]);
    expect(market.retiredAtMs(PRIME.name)).toBe(later.effectiveAtMs);
    expect(market.instrumentDocument(PRIME.name)).not.toHaveProperty("next");
  });

  test("that were scheduled before a newer one came in effect stay without effect", async () => {
    const { clock, move } = movedClock();
    const stall = await openOne({ clock });
    const { market } = stall;
    const first = primeOf(stall);
    await market.putInstrument({ ...first, description: "Overtaken." }, { ...AUTHOR, effectiveAtMs: clock() + 1_000 });
    await market.putInstrument({ ...first, description: "Newest." }, AUTHOR);
    expect(market.instrumentDocument(PRIME.name)).not.toHaveProperty("next");
    move(2_000);
    expect(market.instrument(PRIME.name)).toMatchObject({ description: "Newest." });
  });

  test("of which none is in effect yet are told of, and not sold", async () => {
    const { clock, move } = movedClock();
    const stall = await openOne({ clock });
    const { market } = stall;
    const document = { ...primeOf(stall), name: "text-soon", origin: "platform" } as const;
    await market.putInstrument(document, { ...AUTHOR, effectiveAtMs: clock() + 1_000, expects: 0 });
    await market.putInstrument({ ...document, tier: "max" }, { ...AUTHOR, effectiveAtMs: clock() + 2_000 });
    expect(market.instrument("text-soon")).toBeUndefined();
    expect(market.retiredAtMs("text-soon")).toBeUndefined();
    expect(market.instrumentDocuments().map(({ document: { name } }) => name)).toEqual([
      "text-prime",
      "text-max",
      "text-soon",
    ]);
    expect(market.instrumentDocument("text-soon")).toMatchObject({
      version: 1,
      isInEffect: false,
      next: { version: 2 },
    });
    move(1_000);
    expect(market.instrument("text-soon")).toMatchObject({ tier: "prime" });
    expect(market.instrumentDocument("text-soon")).toMatchObject({
      version: 1,
      isInEffect: true,
      next: { version: 2 },
    });
  });

  test("outlive a restart, those to come as well", async () => {
    const { clock, move } = movedClock();
    const { ledger, ...stall } = await openOne({ clock });
    await stall.market.putInstrument({ ...primeOf(stall), tier: "max" }, { ...AUTHOR, effectiveAtMs: clock() + 500 });
    await stall.market.close(true);
    const again = await openOne({ ledger, clock });
    expect(again.market.instrument(PRIME.name)).toMatchObject({ tier: "prime" });
    move(500);
    expect(again.market.instrument(PRIME.name)).toMatchObject({ tier: "max" });
  });
});

describe("a record that cannot be read", () => {
  const broken: [string, string, unknown, string[]][] = [
    ["an ask that is no number", `offer/${OFFER}`, { askMicros: "cheap" }, ["askMicros"]],
    ["an address that is none", "supplier/north", { baseUrl: "north" }, ["baseUrl"]],
    ["formats that are all unknown", "supplier/north", { dialects: ["telepathy"] }, ["dialects"]],
    ["a status of tomorrow", "supplier/north", { status: "resting" }, ["status"]],
    ["a limit of nothing", "instrument/text-prime", { limits: { runningMax: 0 } }, ["limits"]],
    ["another name than its own", "instrument/text-prime", { name: "text-other" }, ["name"]],
  ];

  test.each(broken)("%s: it is told to the log, and the one before goes on", async (_, name, change, properties) => {
    const { ledger, ...stall } = await openOne();
    const newest = await ledger.record(name);
    await ledger.putRecord({ name, document: { ...(newest?.document as object), ...(change as object) } });
    await expect
      .poll(() => stall.log().filter(({ record }) => record === name))
      .toMatchObject([{ version: 2, properties }]);
    expect(stall.asks()).toEqual(["south 90 active", "north 100 active"]);
    const again = await openOne({ ledger });
    expect(again.log().filter(({ record }) => record === name)).toMatchObject([{ version: 2, properties }]);
    expect(again.asks()).not.toContain("north 100 active");
    expect(again.market.offersOf(MAX.name)).toEqual([]);
  });

  test.each([null, 7, "text", [], {}])("%j in the place of a document breaks nothing", async (document) => {
    const { ledger, ...stall } = await openOne();
    for (const name of ["offer/x", "supplier/x", "instrument/x", "breaker/x/y", "breaker/", "offer/", "unheard/of"]) {
      await ledger.putRecord({ name, document });
    }
    await expect.poll(() => stall.log().length).toBeGreaterThanOrEqual(5);
    expect(stall.asks()).toHaveLength(2);
    expect((await openOne({ ledger })).asks()).toHaveLength(2);
  });

  test("can be put anew and removed", async () => {
    const { ledger, ...stall } = await openOne();
    const document = offerOf(stall);
    await ledger.putRecord({ name: `offer/${OFFER}`, document: { seed: "elsewhere" } });
    await expect.poll(() => stall.log()).toHaveLength(1);
    expect(await stall.market.putOffer({ ...document, askMicros: 3 }, AUTHOR)).toMatchObject({ kept: { version: 3 } });
    expect(stall.asks()[0]).toBe("north 3 active");
    await ledger.putRecord({ name: `offer/${OFFER}`, document: {} });
    await expect.poll(() => stall.log()).toHaveLength(2);
    expect(await stall.market.removeOffer(OFFER, "key_1")).toBe(true);
    expect(stall.asks()).toEqual(["south 90 active"]);
  });

  test("what this version does not know within one that it can read is passed over", async () => {
    const { ledger, ...stall } = await openOne();
    const { document } = (await ledger.record(`offer/${OFFER}`)) ?? {};
    const tomorrow = { ...(document as object), colour: "red", features: ["tools", "telepathy"], askMicros: 4 };
    await ledger.putRecord({ name: `offer/${OFFER}`, document: tomorrow });
    await expect.poll(() => stall.asks()[0]).toBe("north 4 active");
    expect(offerOf(stall)).not.toHaveProperty("colour");
    expect(offerOf(stall).features).toEqual(["tools"]);
  });
});

describe("a supplier that is asked", () => {
  test("is opened once for each format, and anew when it is reached in another way", async () => {
    const dialects = ["messages", "chat-completions"] as const;
    const stall = await openOne({ config: rowsOf(supplierRow("north", { dialects })), graceMs: 0 });
    const { market } = stall;
    const first = market.open("north", "messages");
    expect(first).toMatchObject({ name: "north", path: "/v1/messages" });
    expect(market.open("north", "messages")).toBe(first);
    expect(market.open("north", "chat-completions")).not.toBe(first);
    expect(market.open("north", "telepathy")).toBeUndefined();
    expect(market.open("nobody", "messages")).toBeUndefined();
    await market.putSupplier({ ...supplierOf(stall), status: "draining", collectsData: true }, AUTHOR);
    expect(market.open("north", "messages")).toBe(first);
    await market.putSupplier({ ...supplierOf(stall), baseUrl: "http://moved.test/sub" }, AUTHOR);
    const moved = market.open("north", "messages");
    expect(moved).toMatchObject({ path: "/sub/v1/messages" });
    await expect.poll(() => first?.pool.closed).toBe(true);
    expect(moved?.pool.closed).toBe(false);
    const { totalMs } = supplierOf(stall).timeouts;
    await market.putSupplier(
      { ...supplierOf(stall), timeouts: { ...supplierOf(stall).timeouts, totalMs: totalMs + 1 } },
      AUTHOR,
    );
    expect(market.open("north", "messages")?.patience.totalMs).toBe(totalMs + 1);
    const last = market.open("north", "messages");
    await market.removeSupplier("north", "key_1");
    expect(market.open("north", "messages")).toBeUndefined();
    await expect.poll(() => last?.pool.closed).toBe(true);
  });

  test("stays open for a while for who has just been given it", async () => {
    const stall = await openOne();
    const before = stall.market.open("north", "messages");
    await stall.market.putSupplier({ ...supplierOf(stall), baseUrl: "http://moved.test" }, AUTHOR);
    expect(before?.pool.closed).toBe(false);
    await stall.market.close(true);
    expect(before?.pool.closed).toBe(true);
  });

  test("is sent the secret of the variable that it names", async () => {
    const env = { ONE: " first\n", TWO: "second" };
    const stall = await openOne({ config: rowsOf(supplierRow("north", { credentialEnv: "ONE" })), env });
    expect(stall.market.open("north", "messages")?.credential).toBe("first");
    await stall.market.putSupplier({ ...supplierOf(stall), credentialEnv: "TWO" }, AUTHOR);
    expect(stall.market.open("north", "messages")?.credential).toBe("second");
    const { credentialEnv: _, ...without } = supplierOf(stall);
    await stall.market.putSupplier(without, AUTHOR);
    expect(stall.market.open("north", "messages")?.credential).toBeUndefined();
  });

  test.each([
    ["is not there", {}],
    ["is empty", { SECRET: " " }],
    ["has what no header can carry", { SECRET: "a\nb" }],
  ])("counts as paused where its secret %s, which is logged once", async (_, env) => {
    const row = supplierRow("north", { credentialEnv: "SECRET" });
    const stall = await openOne({ config: rowsOf(row, SOUTH), env });
    expect(stall.asks()).toEqual(["south 90 active", "north 100 paused"]);
    expect(stall.market.open("north", "messages")).toBeUndefined();
    await stall.market.putOffer({ ...offerOf(stall, "south:text-prime:messages"), askMicros: 80 }, AUTHOR);
    expect(stall.log().filter(({ supplier }) => supplier === "north")).toMatchObject([
      { variable: "SECRET", level: 40 },
    ]);
    expect(JSON.stringify(stall.log())).not.toContain("a\\nb");
  });

  test("that a program handed its secret is sent that one", async () => {
    const row = supplierRow("north", { credential: "handed" });
    expect((await openOne({ config: rowsOf(row) })).market.open("north", "messages")?.credential).toBe("handed");
  });
});

/** Opens the breaker as five failures in a row do. */
function fail(health: Health, supplier: string, nowMs: number): void {
  for (let times = 0; times < 5; times += 1) {
    health.begin(health.standing(supplier, PRIME.name), nowMs).failed({ kind: "failure" } as never, nowMs);
  }
}

const stateAt = (health: Health, supplier: string, nowMs: number) =>
  stateOf(health.standing(supplier, PRIME.name), nowMs);

describe("a breaker", () => {
  test("is restored at the next start, and of who has left nothing is known", async () => {
    const nowMs = Date.now();
    const { ledger, ...stall } = await openOne({ clock: () => nowMs });
    fail(stall.health, "north", nowMs);
    expect(stateAt(stall.health, "north", nowMs)).toBe("open");
    await stall.market.close(true);
    expect((await ledger.record("breaker/north/text-prime"))?.document).toMatchObject({
      breaker: { cause: "failing" },
    });
    const again = await openOne({ ledger, clock: () => nowMs });
    expect(stateAt(again.health, "north", nowMs)).toBe("open");
    expect(stateAt(again.health, "south", nowMs)).toBe("closed");
    await again.market.removeOffer(OFFER, "key_1");
    expect([...again.health.all()].map(({ supplier }) => supplier)).not.toContain("north");
    const without = await openOne({ ledger, config: rowsOf(SOUTH), clock: () => nowMs });
    expect([...without.health.all()].map(({ supplier }) => supplier)).not.toContain("north");
  });

  test("that changes in a storm is written as it was last, and no version is kept but that", async () => {
    const nowMs = Date.now();
    const { ledger, ...stall } = await openOne({ clock: () => nowMs });
    const put = vi.spyOn(ledger, "putRecord");
    for (let at = 0; at < 40; at += 1) {
      const attempt = stall.health.begin(stall.health.standing("north", PRIME.name), nowMs + at);
      attempt.failed({ kind: "busy", retryAfterMs: (at + 1) * 1_500 } as never, nowMs + at);
    }
    await stall.market.close(true);
    expect(put.mock.calls.length).toBeLessThan(5);
    const { data } = await ledger.recordVersions("breaker/north/text-prime", { limit: 10 });
    expect(data).toHaveLength(1);
  });

  test("that cannot be told to others is told to the log, and works here", async () => {
    const ledger = await freshBooks().open();
    const deaf = {
      ...ledger,
      putRecord: (put: Parameters<Ledger["putRecord"]>[0]) =>
        put.name.startsWith("breaker/") ? Promise.reject(new Error("away")) : ledger.putRecord(put),
    };
    const stall = await openStall({ config: CONFIG, ledger: deaf });
    fail(stall.health, "north", Date.now());
    await expect
      .poll(() => stall.log())
      .toMatchObject([{ record: "breaker/north/text-prime", err: { message: "away" } }]);
    expect(stateAt(stall.health, "north", Date.now())).toBe("open");
  });

  test("and all else that health has learned is a note that another start reads", () => {
    const nowMs = Date.now();
    const [health, other] = [createHealth(), createHealth()];
    const [noted, read] = [health, other].map((one) => notedHealth(one, () => nowMs));
    health.begin(health.standing("north", PRIME.name), nowMs - 700).answered({ firstTokenMs: 700 } as never, nowMs);
    expect(noted?.revision()).toBeGreaterThan(0);
    read?.read(JSON.parse(JSON.stringify(noted?.write())));
    expect(other.standing("north", PRIME.name).latencyMs).toBeGreaterThan(0);
  });
});

test("books that cannot be followed are logged once, and followed again when they are back", async () => {
  const ledger = await freshBooks().open();
  let isAway = false;
  const flaky = {
    ...ledger,
    recordsSince: (seq: number, limit: number) =>
      isAway ? Promise.reject(new Error("away")) : ledger.recordsSince(seq, limit),
  };
  const stall = await openStall({ config: CONFIG, ledger: flaky });
  isAway = true;
  const name = `offer/${OFFER}`;
  const document = { ...((await ledger.record(name))?.document as object), askMicros: 5 };
  for (let times = 0; times < 5; times += 1) {
    await ledger.putRecord({ name: "other", document: {} });
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await ledger.putRecord({ name, document });
  expect(stall.asks()[0]).toBe("south 90 active");
  isAway = false;
  await expect.poll(() => stall.asks()[0]).toBe("north 5 active");
  expect(stall.log().map(({ level }) => level)).toEqual([40, 30]);
});

describe("two gateways on one database", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  async function openBoth(): Promise<readonly [Stall, Stall]> {
    const url = await server.createDatabase();
    const ledgers = await Promise.all([openLedger({ url }), openLedger({ url })]);
    onTestFinished(async () => void (await Promise.all(ledgers.map((ledger) => ledger.close()))));
    const stalls = await Promise.all(ledgers.map((ledger) => openStall({ config: CONFIG, ledger })));
    const names = (await ledgers[0].recordsInEffect()).map(({ version }) => version);
    expect(names).toEqual([1, 1, 1, 1, 1, 1]);
    return stalls as [Stall, Stall];
  }

  const within = { timeout: 1_000, interval: 10 };

  test("start at once with one version of each, and see each other's prices within a second", async () => {
    const [here, there] = await openBoth();
    await here.market.putOffer({ ...offerOf(here), askMicros: 11 }, AUTHOR);
    await expect.poll(() => there.asks()[0], within).toBe("north 11 active");
    await there.market.removeSupplier("south", "key_1");
    await expect.poll(() => here.asks(), within).toEqual(["north 11 active"]);
    expect(await here.market.putOffer({ ...offerOf(here), askMicros: 12 }, { ...AUTHOR, expects: 2 })).toMatchObject({
      kept: { version: 3 },
    });
    expect(await there.market.putOffer({ ...offerOf(there), askMicros: 13 }, { ...AUTHOR, expects: 3 })).toMatchObject({
      kept: { version: 4 },
    });
  });

  test("hear of each other's breakers within a second, of their closing too", async () => {
    const [here, there] = await openBoth();
    fail(here.health, "north", Date.now());
    await expect.poll(() => there.health.standing("north", PRIME.name).breaker?.cause, within).toBe("failing");
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    for (let probes = 0; probes < 2; probes += 1) {
      const attempt = there.health.begin(there.health.standing("north", PRIME.name), Date.now());
      attempt.answered({ firstTokenMs: 5 } as never, Date.now());
    }
    expect(stateAt(there.health, "north", Date.now())).toBe("closed");
    await expect.poll(() => stateAt(here.health, "north", Date.now()), within).toBe("closed");
  });
});
