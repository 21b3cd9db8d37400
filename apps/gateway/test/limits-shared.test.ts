/** Goal: gateways that share a PostgreSQL share the limits, exactly; and when it is away, no caller is refused for that. */
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DEFAULT_LIMITS, FORMATS, type Format } from "@interchange/config";
import { type Limits, openLedger } from "@interchange/ledger";
import { type PostgresServer, startPostgres } from "@interchange/postgres-server";
import { Client } from "pg";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { correct } from "../src/limits/counter.ts";
import { createLimiter, type Limiter } from "../src/limits/index.ts";
import { openSharedCounter, type SharedCounter } from "../src/limits/shared-counter.ts";
import { ask, QUESTIONS, type Rig, startRig } from "./rig.ts";

const SCHEMA = "interchange";

let server: PostgresServer;
let url: string;
beforeAll(async () => {
  server = await startPostgres();
  url = await server.createDatabase();
  // The books make the schema in which limits are counted.
  await (await openLedger({ url })).close();
});
afterAll(() => server.stop());

const open: SharedCounter[] = [];
afterAll(() => Promise.all(open.map((counter) => counter.close())));

function counterOn(windowMs = 60_000): SharedCounter {
  const counter = openSharedCounter({ url, schema: SCHEMA, windowMs });
  open.push(counter);
  return counter;
}

describe("two counters on one database", () => {
  test("that begin at once count 500 at once, each once", async () => {
    const [here, there] = [counterOn(), counterOn()];
    const counts = await Promise.all(
      Array.from({ length: 500 }, (_, index) => (index % 2 === 0 ? here : there).add("race", 1)),
    );
    expect(counts.map(({ counted }) => counted).sort((one, other) => one - other)).toEqual(
      Array.from({ length: 500 }, (_, index) => index + 1),
    );
    expect(new Set(counts.map(({ endsAtMs }) => Math.round(endsAtMs / 100))).size).toBeLessThanOrEqual(2);
  });

  test("count beyond 32 bits", async () => {
    const [here, there] = [counterOn(), counterOn()];
    for (let times = 0; times < 4; times += 1) await here.add("large", 1_000_000_000);
    expect(await there.peek("large")).toMatchObject({ counted: 4_000_000_000 });
    expect(await there.add("large", -1_000_000_000)).toMatchObject({ counted: 3_000_000_000 });
  });

  test("correct each other's counts within the window, and not after it", async () => {
    const [here, there] = [counterOn(500), counterOn(500)];
    const taken = { counter: "brief", ...(await here.add("brief", 100)) };
    expect(await correct({ ...taken, by: there }, -40)).toMatchObject({ counted: 60 });
    expect(await here.peek("brief")).toMatchObject({ counted: 60 });
    await sleep(520);
    expect(await here.peek("brief")).toBeUndefined();
    await here.add("brief", 10);
    expect(await correct({ ...taken, by: there }, -60)).toBeUndefined();
    expect(await here.peek("brief")).toMatchObject({ counted: 10 });
  });

  test("leave nothing below zero where the counts were lost", async () => {
    const counter = counterOn();
    const taken = { counter: "lost", ...(await counter.add("lost", 100)) };
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query(`DELETE FROM ${SCHEMA}.rate_limit WHERE key = 'lost'`);
    await client.end();
    await sleep(60);
    expect(await correct(taken, -100)).toBeUndefined();
    expect(await counter.peek("lost")).toMatchObject({ counted: 0 });
  });
});

const bearer = (limits: object) => ({
  kind: "key" as const,
  publicId: "0123456789abcdef",
  accountId: "acc_shared",
  role: "consumption" as const,
  inline: false,
  limits,
  createdAtMs: 0,
  account: { id: "acc_shared", name: "Shared", limits: {}, createdAtMs: 0 },
});

function limiterOn(): Limiter {
  const config = { limits: DEFAULT_LIMITS, databaseUrl: url };
  return createLimiter({ config, ofInstrument: () => undefined, clock: Date.now, log: pino({ level: "silent" }) });
}

describe("two gateways", () => {
  let rigs: readonly [Rig, Rig];
  const dirs = [0, 1].map(() => mkdtempSync(join(tmpdir(), "interchange-shared-")));
  beforeAll(async () => {
    const start = (dataDir = "") => startRig({ dataDir, config: { databaseUrl: url } });
    const first = await start(dirs[0]);
    // Tickets of the one are redeemed at the other.
    copyFileSync(join(dirs[0] ?? "", "relay-keys.json"), join(dirs[1] ?? "", "relay-keys.json"));
    rigs = [first, await start(dirs[1])];
  });
  afterAll(async () => {
    for (const rig of rigs) await rig.close();
    for (const dir of dirs) rmSync(dir, { recursive: true });
  });

  const keyOf = async (limits: Limits): Promise<string> => {
    const { ledger } = rigs[0].gateway.engine;
    return (await ledger.createKey({ accountId: rigs[0].accountId, role: "consumption", limits })).secret;
  };
  const body = (surface: Format) => QUESTIONS[surface].body({ max_tokens: 100 });

  test("redirect as many of 200 callers as the limit has, and not one more", async () => {
    const key = await keyOf({ requestsPerMinute: 20 });
    const told = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const surface = FORMATS[Math.floor(index / 2) % 2] as Format;
        const response = await ask(rigs[index % 2] as Rig, surface, { key, redirect: "manual", body: body(surface) });
        await response.text();
        return response.status;
      }),
    );
    expect(told.filter((status) => status === 307)).toHaveLength(20);
    expect(told.filter((status) => status === 429)).toHaveLength(180);
  });

  test("run no more at once than the limit has", async () => {
    const key = await keyOf({ runningMax: 3 });
    const told = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const response = await ask(rigs[index % 2] as Rig, "messages", {
          key,
          redirect: "manual",
          body: body("messages"),
        });
        await response.text();
        return response.status;
      }),
    );
    expect(told.filter((status) => status === 307)).toHaveLength(3);
  });

  test.each(FORMATS)("%s: what one redirects and the other runs is corrected to what was used", async (surface) => {
    const key = await keyOf({ tokensPerMinute: 5_000 });
    const redirect = await ask(rigs[0], surface, { key, redirect: "manual", body: body(surface) });
    const answer = await fetch(new URL(redirect.headers.get("location") ?? "", rigs[1].url), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body(surface)),
    });
    await answer.text();
    expect(answer.status).toBe(200);
    const { tokensUsed = 0, tokensHeld = 0 } = (await rigs[0].receipt(answer.headers.get("request-id") ?? "")) ?? {};
    expect(tokensUsed).toBeGreaterThan(0);
    expect(answer.headers.get("x-ratelimit-remaining-tokens")).toBe(String(5_000 - tokensHeld));
    const remaining = async () => {
      const refused = await ask(rigs[0], surface, { key, body: { ...body(surface), messages: "no" } });
      await refused.text();
      return refused.headers.get("anthropic-ratelimit-tokens-remaining");
    };
    await expect.poll(remaining).toBe(String(5_000 - tokensUsed));
  });
});

describe("limiters of two gateways", () => {
  let limiters: Limiter[];
  beforeAll(() => {
    limiters = [limiterOn(), limiterOn()];
  });
  afterAll(() => Promise.all(limiters.map((limiter) => limiter.close())));
  const limiterAt = (index: number): Limiter => limiters[index % limiters.length] as Limiter;

  test("let as many in as the limit has, and not one more", async () => {
    const key = { ...bearer({ requestsPerMinute: 50 }), publicId: "race000000000000" };
    const refusals = await Promise.all(
      Array.from({ length: 500 }, (_, index) => limiterAt(index).quotaOf(key).takeRequest()),
    );
    expect(refusals.filter((refusal) => refusal === undefined)).toHaveLength(50);
  });

  test("see what the other gave back", async () => {
    const key = { ...bearer({ requestsPerMinute: 1, tokensPerMinute: 100 }), publicId: "back000000000000" };
    const first = limiterAt(0).quotaOf(key);
    expect([await first.takeRequest(), await first.takeTokens("text-max", 80)]).toEqual([undefined, undefined]);
    expect(await limiterAt(1).quotaOf(key).takeRequest()).toMatchObject({ kind: "rate-limited" });
    await first.giveBack("balance-too-low");
    // What it has just found full it believes to be full for a second.
    await sleep(1_020);
    const second = limiterAt(1).quotaOf(key);
    expect([await second.takeRequest(), await second.takeTokens("text-max", 90)]).toEqual([undefined, undefined]);
    expect(await second.allowance()).toMatchObject({ requests: { remaining: 0 }, tokens: { remaining: 10 } });
  });

  test("correct what ran at the other", async () => {
    const key = { ...bearer({ tokensPerMinute: 1_000 }), publicId: "ran0000000000000" };
    const quota = limiterAt(0).quotaOf(key);
    expect(await quota.takeTokens("text-max", 900)).toBeUndefined();
    const { corrections } = limiterAt(1);
    const payer = { id: key.accountId, instrument: "text-max" };
    corrections.begin({ requestId: "req_1", payer, tokensHeld: 900, counted: quota.counted });
    const ledger = await openLedger({ file: ":memory:" });
    await corrections.watching(ledger).settle({ requestId: "req_1", tokens: 250 });
    await ledger.close();
    await expect.poll(async () => (await limiterAt(0).quotaOf(key).allowance()).tokens?.remaining).toBe(750);
  });

  test("go on, each for itself, while the database is away, and together when it is back", async () => {
    const key = { ...bearer({ requestsPerMinute: 3 }), publicId: "away000000000000" };
    const taken = async (index: number) => (await limiterAt(index).quotaOf(key).takeRequest()) === undefined;
    expect([await taken(0), await taken(1), await taken(0), await taken(1)]).toEqual([true, true, true, false]);
    server.kill();
    const beganMs = Date.now();
    const away = await Promise.all(Array.from({ length: 20 }, (_, index) => taken(index)));
    expect(Date.now() - beganMs).toBeLessThan(3_000);
    expect(away.filter(Boolean).length).toBeLessThanOrEqual(6);
    expect(away.filter(Boolean).length).toBeGreaterThan(0);
    await server.restart();
    const fresh = { ...key, publicId: "fresh00000000000" };
    const remaining = async () => {
      await limiterAt(0).quotaOf(fresh).takeRequest();
      return (await limiterAt(1).quotaOf(fresh).allowance()).requests?.remaining ?? 3;
    };
    await expect.poll(remaining, { interval: 500 }).toBeLessThan(3);
  });
});
