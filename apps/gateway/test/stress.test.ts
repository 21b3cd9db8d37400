/**
 * Goal: however many callers want the last tokens of a balance at once, whatever their supplier does and whenever a gateway
 * dies, exactly what was delivered is paid, once, and never more is promised than there is. Method: a balance for exactly
 * fifty requests, five hundred callers on both surfaces and both legs, faults by a seed, and an operator who watches.
 */
import { setTimeout as pause } from "node:timers/promises";
import { startPostgres } from "@interchange/postgres-server";
import { type Supplier, startSupplier } from "@interchange/supplier-sim";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { FORMATS, type Format } from "../src/config/index.ts";
import { QUESTIONS, startRig } from "./rig.ts";
import { OPERATIONS } from "./stream.ts";
import { type Crowd, gather } from "./stress-crowd.ts";
import { CAN_FILL_DISK, openShops, type Shop } from "./stress-gateway.ts";
import { type Office, openBuyer, openPurse, purchasesOf, standingOf, type Watch, watch } from "./stress-office.ts";
import { expectPaid, priceAt, tokensFor } from "./stress-price.ts";
import { faultsOfRefusal } from "./wire.ts";

const SEED = Number(process.env["INTERCHANGE_STRESS_SEED"] ?? 4);
const CALLERS = 500;
const REQUESTS = 50;
/** In the middle: some have been served, some are being served, most wait. */
const KILLED_AT = 15;
const TIMEOUT = { timeout: 60_000 };

interface Sale {
  readonly urls: readonly string[];
  /** Where the operator asks. */
  readonly office: Office;
  /** A key that can pay for a look at the price. */
  readonly key: string;
  /** Is called once, in the middle. */
  readonly interrupt?: () => Promise<void>;
}

/** Sells fifty requests to five hundred callers, and holds the books against what they got. */
async function sell({ urls, office, key, interrupt }: Sale): Promise<Crowd> {
  const price = await priceAt(office, key);
  const purse = await openPurse(office, tokensFor(REQUESTS, price));
  const watched = watch(office, purse, price);
  const middle = interruption(interrupt);
  const { isSoldOut } = watched;
  const crowd = await gather({ urls, key: purse.key, callers: CALLERS, seed: SEED, isSoldOut, ...middle });
  await middle.done();
  await expectNoFault(watched, crowd);
  expect(crowd.delivered.size + crowd.unheard.size).toBe(REQUESTS);
  await expectPaid(office, purse, price, crowd);
  return crowd;
}

async function expectNoFault(watched: Watch, crowd: Crowd): Promise<void> {
  const { looks, faults } = await watched.end();
  expect([...crowd.faults, ...faults]).toEqual([]);
  expect(looks).toBeGreaterThan(10);
}

function interruption(interrupt: Sale["interrupt"]): { onDelivered: () => void; done: () => Promise<void> } {
  let delivered = 0;
  let done: Promise<void> | undefined;
  return {
    onDelivered() {
      delivered += 1;
      if (delivered === KILLED_AT) done = interrupt?.();
    },
    done: async () => done,
  };
}

async function killAndRestart(shop: Shop): Promise<void> {
  await shop.kill();
  await shop.restart();
}

describe("a balance for exactly fifty requests and five hundred callers", () => {
  let supplier: Supplier;
  beforeAll(async () => {
    supplier = await startSupplier();
  });
  afterAll(() => supplier.close());

  test("one gateway", TIMEOUT, async () => {
    const rig = await startRig();
    const crowd = await sell({ urls: [rig.url], office: rig, key: rig.key });
    expect([crowd.cut, crowd.unheard.size]).toEqual([0, 0]);
    await rig.close();
  });

  test("one gateway that is killed in the middle and comes back", TIMEOUT, async () => {
    const [shop] = (await openShops(1, { supplierUrl: supplier.url })) as [Shop];
    const crowd = await sell({ ...shop, urls: [shop.url], office: shop, interrupt: () => killAndRestart(shop) });
    expect(crowd.cut).toBeGreaterThan(0);
  });

  test("two gateways on one database, of which one is killed in the middle and comes back", TIMEOUT, async () => {
    const { shops } = await openOnServer(2);
    const [one, other] = shops as [Shop, Shop];
    const urls = shops.map(({ url }) => url);
    const crowd = await sell({ ...one, urls, office: one, interrupt: () => killAndRestart(other) });
    expect(crowd.cut).toBeGreaterThan(0);
  });

  test("a database that is killed in the middle and comes back", TIMEOUT, async () => {
    const { server, shops } = await openOnServer(1, { lifeMs: 5_000 });
    const [shop] = shops as [Shop];
    const away: Away[] = [];
    const interrupt = async (): Promise<void> => {
      server.kill();
      for (const surface of FORMATS) away.push(await askWithoutBooks(shop, surface));
      await server.restart();
    };
    const crowd = await sell({ ...shop, urls: [shop.url], office: shop, interrupt });
    expect(away).toEqual(FORMATS.map((surface) => ({ status: 503, retryAfter: "1", ready: 503, faults: [], surface })));
    // The gateway was there all the time.
    expect(crowd.cut).toBe(0);
    expect((await fetch(`${shop.url}/readyz`)).status).toBe(200);
  });

  test.skipIf(!CAN_FILL_DISK)("a disk that is full in the middle and has room again", TIMEOUT, async () => {
    const [shop] = (await openShops(1, { supplierUrl: supplier.url, lifeMs: 5_000 })) as [Shop];
    const away: Away[] = [];
    const interrupt = async (): Promise<void> => {
      shop.fillDisk();
      for (const surface of FORMATS) away.push(await askWithoutBooks(shop, surface));
      await pause(500);
      shop.freeDisk();
    };
    const crowd = await sell({ ...shop, urls: [shop.url], office: shop, interrupt });
    expect(away).toMatchObject(FORMATS.map((surface) => ({ status: 503, retryAfter: "1", faults: [], surface })));
    expect(crowd.cut).toBe(0);
    expect((await fetch(`${shop.url}/readyz`)).status).toBe(200);
  });

  test("two gateways and an account without tokens: one purchase, however many ask for it", TIMEOUT, async () => {
    const { shops } = await openOnServer(2);
    const [office] = shops as [Shop];
    const price = await priceAt(office, office.key);
    const tokens = 2 * REQUESTS * price.heldMax;
    const purse = await openBuyer(office, tokens, "1.000000");
    const urls = shops.map(({ url }) => url);
    const crowd = await gather({ urls, key: purse.key, callers: REQUESTS, seed: SEED, isSoldOut: () => false });
    expect(crowd.faults).toEqual([]);
    expect(crowd.delivered.size).toBe(REQUESTS);
    expect(crowd.statuses.get(503)).toBeGreaterThan(0);
    expect((await purchasesOf(office, purse)).map(({ status }) => status)).toEqual(["filled"]);
    expect((await standingOf(office, purse)).deposited).toBe(tokens);
    await expectPaid(office, purse, price, crowd);
  });

  async function openOnServer(count: number, options: { readonly lifeMs?: number } = {}) {
    const server = await startPostgres();
    onTestFinished(() => server.stop());
    const databaseUrl = await server.createDatabase();
    return { server, shops: await openShops(count, { supplierUrl: supplier.url, databaseUrl, ...options }) };
  }
});

interface Away {
  readonly surface: Format;
  readonly status: number;
  readonly retryAfter: string | null;
  readonly ready: number;
  /** Whatever of the answer is not as a refusal has to be. */
  readonly faults: readonly string[];
}

/** What a caller is told, and what a load balancer is, while the books are away. */
async function askWithoutBooks(shop: Shop, surface: Format): Promise<Away> {
  const { path, keyHeader, body } = QUESTIONS[surface];
  const answer = await fetch(`${shop.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...keyHeader(shop.key) },
    body: JSON.stringify(body()),
  });
  const { status, headers } = answer;
  const reply = { status, headers: Object.fromEntries(headers), text: await answer.text() };
  const ready = await fetch(`${shop.url}/readyz`);
  await ready.text();
  return {
    surface,
    status,
    retryAfter: headers.get("retry-after"),
    ready: ready.status,
    faults: faultsOfRefusal(surface, OPERATIONS[surface], reply),
  };
}
