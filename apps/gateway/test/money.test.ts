/** Balance before = balance after + settled, whatever callers and suppliers do, and never a token more than was deposited. */

import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { FORMATS, type Format } from "@interchange/config";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { openPurse, type Purse } from "./purse.ts";
import { type AskOptions, ask, QUESTIONS, type Rig, startRig } from "./rig.ts";
import { OPERATIONS, readStream, textOf } from "./stream.ts";
import { faultsOfRefusal, inParallel, type Reply } from "./wire.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ timeouts: { firstByteMs: 5_000, idleMs: 5_000 } });
});
afterEach(async () => {
  expect(await rig.gateway.engine.ledger.audit()).toEqual([]);
});
afterAll(async () => {
  expect(rig.outOfContract).toEqual([]);
  await rig.close();
});

const BASES = ["", "/inline"] as const;

/** The output's cap, so that a hold is a small one. */
const OUTPUT_MAX = 200;

function bodyOf(surface: Format, sim: string, stream: boolean): Record<string, unknown> {
  const cap = surface === "messages" ? { max_tokens: OUTPUT_MAX } : { max_completion_tokens: OUTPUT_MAX };
  return QUESTIONS[surface].body({ ...cap, stream, messages: [{ role: "user", content: `Hello [[sim ${sim}]]` }] });
}

function askOf(purse: Purse, surface: Format, sim: string, options: AskOptions & { stream?: boolean } = {}) {
  const { stream = true, ...rest } = options;
  return ask(rig, surface, { key: purse.key, body: bodyOf(surface, sim, stream), ...rest });
}

/** Reads until so many characters have come, then leaves. Gives what was read. */
async function readSome(response: Response, leave: AbortController, isEnough: (text: string) => boolean) {
  let text = "";
  const decoder = new TextDecoder();
  try {
    for await (const bytes of response.body as AsyncIterable<Uint8Array>) {
      text += decoder.decode(bytes, { stream: true });
      if (isEnough(text)) leave.abort();
    }
  } catch (error) {
    if (!leave.signal.aborted) throw error;
  }
  return text;
}

const settled = (purse: Purse) => expect.poll(async () => (await purse.balance()).held).toBe(0);

/** Watches a balance until told to stop; gives the worst that was seen. */
function watch(purse: Purse): () => Promise<{ samples: number; overdrawn: number }> {
  const seen = { samples: 0, overdrawn: 0 };
  const stop = new AbortController();
  const watched = (async () => {
    while (!stop.signal.aborted) {
      const { held, used, available, deposited } = await purse.balance();
      seen.samples += 1;
      seen.overdrawn = Math.max(seen.overdrawn, held + used - deposited, -available);
    }
  })();
  return async () => {
    stop.abort();
    await watched;
    return seen;
  };
}

describe("mixed traffic", () => {
  const SIMS = ["chunks=12", "chunks=12 delayBetweenMs=4", "fault=reset-mid-stream", "status=500", "fault=no-usage"];

  /** A number from 0 up to 1, the same for the same seed (mulberry32). */
  function randoms(seed: number): () => number {
    let state = seed;
    return () => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
  }

  test("200 requests, some to broken suppliers, some left at any event", async () => {
    const purse = await openPurse(rig, 100_000);
    const stopWatch = watch(purse);
    const random = randoms(20_261_123);
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
    const plans = Array.from({ length: 200 }, () => ({
      surface: pick(FORMATS),
      base: pick(BASES),
      sim: pick(SIMS),
      stream: random() < 0.7,
      leaveAfterBytes: random() < 0.3 ? Math.floor(random() * 2_000) : Number.POSITIVE_INFINITY,
    }));
    const ends = await inParallel(plans, 24, async ({ surface, base, sim, stream, leaveAfterBytes }) => {
      const leave = new AbortController();
      const response = await askOf(purse, surface, sim, { base, stream, signal: leave.signal });
      const text = await readSome(response, leave, (read) => read.length >= leaveAfterBytes);
      return { status: response.status, requestId: response.headers.get("request-id") ?? "", text };
    });
    await settled(purse);
    const { samples, overdrawn } = await stopWatch();
    expect(samples).toBeGreaterThan(20);
    expect(overdrawn).toBe(0);
    const receipts = await Promise.all(ends.map(({ requestId }) => rig.receipt(requestId)));
    expect(receipts.filter((receipt) => receipt?.status === "pending" || receipt === undefined)).toEqual([]);
    const used = receipts.reduce((sum, receipt) => sum + (receipt?.tokensUsed ?? Number.NaN), 0);
    expect(await purse.balance()).toMatchObject({ used, held: 0, available: 100_000 - used });
    for (const [index, { status }] of ends.entries()) {
      if (status !== 200) expect(receipts[index]?.tokensUsed).toBe(0);
    }
    expect(new Set(ends.map(({ status }) => status))).toEqual(new Set([200, 502]));
  });
});

describe.each(FORMATS)("a caller of %s that leaves", (surface) => {
  const WORDS = 60;

  test.each(BASES)("at base %j mid-stream pays for what was delivered, and the supplier is let go", async (base) => {
    const purse = await openPurse(rig);
    const leave = new AbortController();
    const sim = `tokens=${WORDS} delayBetweenMs=20`;
    const response = await askOf(purse, surface, sim, { base, signal: leave.signal });
    const asked = rig.supplier.requests.at(-1);
    const read = await readSome(response, leave, (text) => text.split("\n\n").length > 20);
    await expect.poll(() => asked?.aborted).toBe(true);
    await settled(purse);
    const receipt = await rig.receipt(response.headers.get("request-id") ?? "");
    expect(receipt).toMatchObject({ status: "reconciled", overrun: 0, usage: { estimated: true } });
    const delivered = Math.floor(textOf(readStream(surface, whole(read)).events).length / 4);
    const output = Number(receipt?.usage?.["output"]);
    expect(delivered).toBeGreaterThan(10);
    expect(output).toBeGreaterThanOrEqual(delivered);
    // What was on its way when the caller left was delivered too, as far as anybody here can tell.
    expect(output).toBeLessThanOrEqual(asked?.eventsWritten ?? 0);
    expect(asked?.eventsWritten).toBeLessThan(WORDS);
    const used = receipt?.tokensUsed ?? Number.NaN;
    expect(used).toBe(output + Number(receipt?.usage?.["input"]));
    expect(await purse.balance()).toMatchObject({ used, held: 0, available: purse.deposited - used });
  });

  const EARLY: readonly (readonly [base: string, stream: boolean, sim: string])[] = BASES.flatMap((base) => [
    [base, true, "delayBeforeHeadersMs=4000"] as const,
    [base, true, "delayBeforeFirstMs=4000"] as const,
    [base, false, "delayBeforeHeadersMs=4000"] as const,
    [base, false, "delayBeforeFirstMs=4000"] as const,
  ]);

  test("before the first byte pays nothing, and the supplier is let go", async () => {
    await inParallel(EARLY, EARLY.length, async ([base, stream, sim]) => {
      const purse = await openPurse(rig);
      const leave = new AbortController();
      const mark = `${sim} ${base} ${stream} ${surface}`;
      const content = `Hello ${mark} [[sim ${sim}]]`;
      const body = { ...bodyOf(surface, sim, stream), messages: [{ role: "user", content }] };
      const asking = ask(rig, surface, { base, body, key: purse.key, signal: leave.signal });
      asking.catch(() => undefined);
      const asked = () => rig.supplier.requests.find((request) => request.body.includes(mark));
      await expect.poll(() => asked() !== undefined).toBe(true);
      leave.abort();
      await expect(asking).rejects.toThrow("aborted");
      await expect.poll(() => asked()?.aborted).toBe(true);
      await settled(purse);
      expect(await purse.balance()).toMatchObject({ used: 0, available: purse.deposited });
    });
  });
});

/** Without the record that was cut. */
function whole(text: string): string {
  return text.slice(0, text.lastIndexOf("\n\n") + 2);
}

test("a hold that nobody redeems is given back after the ticket's life", async () => {
  const purse = await openPurse(rig);
  const response = await askOf(purse, "messages", "", { redirect: "manual" });
  expect(response.status).toBe(307);
  expect((await purse.balance()).held).toBeGreaterThan(OUTPUT_MAX);
  rig.later(60_001);
  await settled(purse);
  expect(await purse.balance()).toMatchObject({ used: 0, available: purse.deposited });
  expect(await rig.receipt(response.headers.get("request-id") ?? "")).toMatchObject({
    status: "error",
    reason: "expired",
    tokensUsed: 0,
  });
});

describe.each(FORMATS)("a balance for exactly 8 requests of %s", (surface) => {
  const ENOUGH_FOR = 8;
  const CALLERS = 5 * ENOUGH_FOR;
  const SIM = "delayBeforeHeadersMs=1500";

  async function heldByOne(): Promise<number> {
    const purse = await openPurse(rig);
    const response = await askOf(purse, surface, SIM, { redirect: "manual" });
    return (await rig.receipt(response.headers.get("request-id") ?? ""))?.tokensHeld ?? Number.NaN;
  }

  const count = (replies: readonly Response[], status: number) =>
    replies.filter((reply) => reply.status === status).length;

  test.each([
    ["", "manual", 307],
    ["/inline", "follow", 200],
  ] as const)("at base %j lets 8 of 40 callers in", async (base, redirect, status) => {
    const purse = await openPurse(rig, ENOUGH_FOR * (await heldByOne()));
    const stopWatch = watch(purse);
    const callers = Array.from({ length: CALLERS }, () => askOf(purse, surface, SIM, { base, redirect }));
    const replies = await Promise.all(callers);
    expect(count(replies, status)).toBe(ENOUGH_FOR);
    expect(count(replies, 402)).toBe(CALLERS - ENOUGH_FOR);
    await Promise.all(replies.map((reply) => reply.text()));
    expect((await stopWatch()).overdrawn).toBe(0);
  });

  test("is never overdrawn, however long they go on asking", async () => {
    const purse = await openPurse(rig, ENOUGH_FOR * (await heldByOne()));
    const stopWatch = watch(purse);
    const statuses = await inParallel(Array.from({ length: 2 * CALLERS }), CALLERS, async () => {
      const reply = await askOf(purse, surface, "tokens=190 chunks=2");
      await reply.text();
      return reply.status;
    });
    const { used, held, available } = await purse.balance();
    expect((await stopWatch()).overdrawn).toBe(0);
    expect({ held, sum: used + available }).toEqual({ held: 0, sum: purse.deposited });
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(ENOUGH_FOR);
    expect(statuses.filter((status) => status === 200).length * 190).toBeLessThanOrEqual(used);
    expect(statuses).toContain(402);
  });
});

describe.each(FORMATS)("a supplier of %s that reports more than was held", (surface) => {
  const SIM = "reasoningTokens=5000 thinking=true";
  const reported = 5_000;

  test("is paid from the rest of the balance", async () => {
    const purse = await openPurse(rig);
    const response = await askOf(purse, surface, SIM, { stream: false });
    const receipt = await rig.receipt(response.headers.get("request-id") ?? "");
    expect(receipt?.tokensUsed).toBeGreaterThan(reported);
    expect(receipt?.tokensUsed).toBeGreaterThan(receipt?.tokensHeld ?? 0);
    expect(receipt?.overrun).toBe(0);
    expect((await purse.balance()).available).toBe(purse.deposited - (receipt?.tokensUsed ?? 0));
  });

  test("is paid no more than there is, and what is missing is on the receipt", async () => {
    const rich = await openPurse(rig);
    const probe = await askOf(rich, surface, SIM, { stream: false });
    const first = await rig.receipt(probe.headers.get("request-id") ?? "");
    const held = first?.tokensHeld ?? Number.NaN;
    const purse = await openPurse(rig, held);
    const response = await askOf(purse, surface, SIM, { stream: false });
    expect(response.status).toBe(200);
    expect(await rig.receipt(response.headers.get("request-id") ?? "")).toMatchObject({
      tokensUsed: held,
      overrun: (first?.tokensUsed ?? Number.NaN) - held,
    });
    expect(await purse.balance()).toMatchObject({ used: held, held: 0, available: 0 });
  });
});

describe("without a ledger", () => {
  async function expectRefused(market: Rig, surface: Format, options: AskOptions): Promise<void> {
    const response = await ask(market, surface, options);
    const headers = Object.fromEntries(response.headers);
    const reply: Reply = { status: response.status, headers, text: await response.text() };
    expect(reply.status).toBe(503);
    expect(faultsOfRefusal(surface, OPERATIONS[surface], reply)).toEqual([]);
    expect(reply.text).toContain("Balances cannot be read just now");
  }

  test("every leg says 503 in its own envelope, and the gateway is not ready", async () => {
    const market = await startRig();
    try {
      const tickets = await Promise.all(FORMATS.map((surface) => ask(market, surface, { redirect: "manual" })));
      await market.gateway.engine.ledger.close();
      for (const [index, surface] of FORMATS.entries()) {
        for (const base of BASES) await expectRefused(market, surface, { base });
        const location = tickets[index]?.headers.get("location") ?? "";
        await expectRefused(market, surface, { base: location.replace(QUESTIONS[surface].path, "") });
      }
      expect((await fetch(`${market.url}/readyz`)).status).toBe(503);
      expect((await fetch(`${market.url}/healthz`)).status).toBe(200);
      expect(market.supplier.requests).toEqual([]);
      expect(market.outOfContract).toEqual([]);
    } finally {
      await market.close();
    }
  });

  test("another process that locks the file for long costs a 503, and no more than that", async () => {
    const market = await startRig();
    const other = new DatabaseSync(join(market.gateway.engine.config.dataDir, "ledger.db"));
    try {
      const before = await market.balance();
      other.exec("BEGIN IMMEDIATE");
      await expectRefused(market, "messages", {});
      other.exec("ROLLBACK");
      expect((await ask(market, "messages")).status).toBe(200);
      expect((await market.balance()).held).toBe(0);
      expect((await market.balance()).used).toBeGreaterThan(before.used);
    } finally {
      other.close();
      await market.close();
    }
  });
});
