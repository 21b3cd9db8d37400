/**
 * Goal: while the books are away nothing is sold and nothing is lost, callers are told so in their own envelope, and service
 * returns by itself. Method: a sale in the middle of which the database is killed, or the disk is full.
 */
import { setTimeout as pause } from "node:timers/promises";
import { FORMATS, type Format } from "@interchange/config";
import { startPostgres } from "@interchange/postgres-server";
import { type Supplier, startSupplier } from "@interchange/supplier-sim";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { QUESTIONS } from "./rig.ts";
import { OPERATIONS } from "./stream.ts";
import { CAN_FILL_DISK, openShops, type Shop } from "./stress-gateway.ts";
import { sell } from "./stress-sale.ts";
import { faultsOfRefusal } from "./wire.ts";

/** Nobody dies, so that nothing held must come back soon; and what runs must keep its hold while the books are away. */
const LIFE_MS = 5_000;

let supplier: Supplier;
beforeAll(async () => {
  supplier = await startSupplier();
});
afterAll(() => supplier.close());

interface Told {
  readonly surface: Format;
  readonly status: number;
  readonly retryAfter: string | null;
  /** Whatever of the answer is not as a refusal has to be. */
  readonly faults: readonly string[];
}

const AWAY: readonly Told[] = FORMATS.map((surface) => ({ surface, status: 503, retryAfter: "1", faults: [] }));

/** What a caller is told on each surface. */
async function askAll(shop: Shop): Promise<Told[]> {
  return Promise.all(FORMATS.map((surface) => ask(shop, surface)));
}

async function ask(shop: Shop, surface: Format): Promise<Told> {
  const { path, keyHeader, body } = QUESTIONS[surface];
  const answer = await fetch(`${shop.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...keyHeader(shop.key) },
    body: JSON.stringify(body()),
  });
  const { status, headers } = answer;
  const reply = { status, headers: Object.fromEntries(headers), text: await answer.text() };
  const faults = faultsOfRefusal(surface, OPERATIONS[surface], reply);
  return { surface, status, retryAfter: headers.get("retry-after"), faults };
}

async function readiness(shop: Shop): Promise<number> {
  const answer = await fetch(`${shop.url}/readyz`);
  await answer.text();
  return answer.status;
}

test("a database that is killed in the middle and comes back", async () => {
  const server = await startPostgres();
  onTestFinished(() => server.stop());
  const databaseUrl = await server.createDatabase();
  const [shop] = (await openShops(1, { supplierUrl: supplier.url, databaseUrl, lifeMs: LIFE_MS })) as [Shop];
  const away: unknown[] = [];
  const interrupt = async (): Promise<void> => {
    server.kill();
    away.push(...(await askAll(shop)), await readiness(shop));
    await server.restart();
  };
  const crowd = await sell({ ...shop, urls: [shop.url], office: shop, interrupt });
  expect(away).toEqual([...AWAY, 503]);
  // The gateway was there all the time.
  expect(crowd.cut).toBe(0);
  expect(await readiness(shop)).toBe(200);
});

test("a disk that is full in the middle and has room again", async ({ skip }) => {
  if (!CAN_FILL_DISK) skip("no disk can be made to look full here");
  const [shop] = (await openShops(1, { supplierUrl: supplier.url, lifeMs: LIFE_MS })) as [Shop];
  const away: unknown[] = [];
  const interrupt = async (): Promise<void> => {
    shop.fillDisk();
    away.push(...(await askAll(shop)));
    await pause(500);
    shop.freeDisk();
  };
  const crowd = await sell({ ...shop, urls: [shop.url], office: shop, interrupt });
  expect(away).toEqual(AWAY);
  expect(crowd.cut).toBe(0);
  expect(await readiness(shop)).toBe(200);
});
