/** Goal: gateways on one database manage one market. Each change is made on one of them and looked at on the other. */
import { type PostgresServer, startPostgres } from "@interchange/postgres-server";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Ask, asker } from "./platform.ts";
import { ask as askSurface, INSTRUMENT, type Rig, startRig } from "./rig.ts";

let server: PostgresServer;
let rigs: readonly Rig[];
let here: Ask;
let there: Ask;
beforeAll(async () => {
  server = await startPostgres();
  const config = { databaseUrl: await server.createDatabase() };
  const one = await startRig({ suppliers: [{}, {}], config });
  const other = await startRig({ suppliers: [{}, {}], config });
  rigs = [one, other];
  here = asker(one);
  there = asker(other);
});
afterAll(async () => {
  await Promise.all(rigs.map((rig) => rig.close()));
  await server.stop();
});

const SUPPLIER = { base_url: "http://127.0.0.1:9", dialects: ["messages"], status: "paused" };

test("a version that one wrote is known to the other at once", async () => {
  expect((await here("createSupplier", { body: { name: "cirrus", ...SUPPLIER } })).status).toBe(201);
  const path = { supplier: "cirrus" };
  for (let round = 0; round < 5; round += 1) {
    const if_version = 1 + 2 * round;
    const first = await here("updateSupplier", { path, body: { collects_data: round % 2 === 0, if_version } });
    // Another each time: what changes nothing makes no version.
    const status = round % 2 === 0 ? "draining" : "paused";
    const second = await there("updateSupplier", { path, body: { status, if_version: if_version + 1 } });
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.body).toMatchObject({ collects_data: round % 2 === 0, status, version: if_version + 2 });
  }
  const late = await there("updateSupplier", { path, body: { status: "active", if_version: 1 } });
  expect([late.status, late.body.error.message]).toEqual([
    409,
    expect.stringContaining("is at version 11 by now, not 1;"),
  ]);
  const taken = await there("createSupplier", { body: { name: "cirrus", ...SUPPLIER } });
  expect([taken.status, taken.body.error.param]).toEqual([409, "name"]);
});

test("of what both change at a time nothing is lost", async () => {
  const path = { supplier: "nimbus" };
  await here("createSupplier", { body: { name: "nimbus", ...SUPPLIER } });
  const changes = [
    here("updateSupplier", { path, body: { collects_data: true } }),
    there("updateSupplier", { path, body: { status: "draining" } }),
    here("updateSupplier", { path, body: { timeouts: { idle_ms: 5 } } }),
    there("updateSupplier", { path, body: { base_url: "http://127.0.0.1:10" } }),
  ];
  expect((await Promise.all(changes)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  await vi.waitFor(async () => {
    for (const ask of [here, there]) {
      expect((await ask("retrieveSupplier", { path })).body).toMatchObject({
        collects_data: true,
        status: "draining",
        timeouts: { idle_ms: 5 },
        base_url: "http://127.0.0.1:10",
        version: 5,
      });
    }
  }, WITHIN);
});

test("what was added to the one can be sold by the other at once", async () => {
  const instrument = { name: "fresh", tier: "max", description: "Fresh.", context_tokens: 9, output_tokens_max: 9 };
  await here("createInstrument", { body: instrument });
  await here("createSupplier", { body: { name: "stratus", ...SUPPLIER } });
  const body = { instrument: "fresh", dialect: "messages", model: "m", ask_per_unit_usd: "1" };
  expect((await there("createOffer", { path: { supplier: "stratus" }, body })).status).toBe(201);
});

/** A second, as is promised. */
const WITHIN = { timeout: 1_000, interval: 10 };

test("a new ask and a pause count for the next request everywhere within a second", async () => {
  const [, other] = rigs;
  const seller = async () => {
    const answer = await askSurface(other as Rig, "messages", { redirect: "manual" });
    return answer.headers.get("x-interchange-supplier");
  };
  expect(await seller()).toBe("sim-0");
  const path = { offer_id: `sim-1:${INSTRUMENT}:messages` };
  await here("updateOffer", { path, body: { ask_per_unit_usd: "0.0001" } });
  await vi.waitFor(async () => expect(await seller()).toBe("sim-1"), WITHIN);
  await here("updateSupplier", { path: { supplier: "sim-1" }, body: { status: "paused" } });
  await vi.waitFor(async () => expect(await seller()).toBe("sim-0"), WITHIN);
});
