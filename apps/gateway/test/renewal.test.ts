/** A run keeps its hold for as long as its gateway lives, and not much longer. */

import { DEFAULT_LIMITS, FORMATS } from "@interchange/config";
import { LedgerUnavailable } from "@interchange/ledger";
import { startSupplier } from "@interchange/supplier-sim";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { ACCOUNT, askAt, configure, DEPOSIT, freshDir, pause, startProcess, withLedger } from "./gateway-process.ts";
import { openPurse } from "./purse.ts";
import { ask, faultsOfBooks, INSTRUMENT, QUESTIONS, type Rig, startRig } from "./rig.ts";

const LIFE_MS = 1_500;
const BASES = ["", "/inline"] as const;

/** A stream that lasts for longer than a hold and two sweeps. */
const LONG = "tokens=20 chunks=20 delayBetweenMs=200";

let rig: Rig | undefined;
afterEach(async () => {
  await rig?.close();
  rig = undefined;
});

const limits = { ...DEFAULT_LIMITS, runLifeMs: LIFE_MS };

test("holds live for two minutes, unless the operator says otherwise", () => {
  expect(DEFAULT_LIMITS.runLifeMs).toBe(120_000);
});

test("streams that last longer than a hold's life are settled, on both surfaces and legs", async () => {
  rig = await startRig({ config: { limits } });
  const market = rig;
  const asked = FORMATS.flatMap((surface) => BASES.map((base) => ({ surface, base })));
  const receipts = await Promise.all(
    asked.map(async ({ surface, base }) => {
      const content = `Hello [[sim ${LONG}]]`;
      const body = QUESTIONS[surface].body({ stream: true, messages: [{ role: "user", content }] });
      const response = await ask(market, surface, { base, body });
      const begunAtMs = Date.now();
      await response.text();
      expect(Date.now() - begunAtMs).toBeGreaterThan(2 * LIFE_MS);
      return market.receipt(response.headers.get("request-id") ?? "");
    }),
  );
  for (const receipt of receipts) expect(receipt).toMatchObject({ status: "reconciled", overrun: 0 });
});

test("a ledger that does not settle for longer than a hold lives loses nothing that was delivered", async () => {
  rig = await startRig({ config: { limits: { ...limits, runLifeMs: 3_000 } } });
  const { ledger } = rig.gateway.engine;
  const purse = await openPurse(rig);
  const body = QUESTIONS.messages.body({
    stream: true,
    messages: [{ role: "user", content: `Hello [[sim ${LONG}]]` }],
  });
  const response = await ask(rig, "messages", { key: purse.key, body });
  const away = vi.spyOn(ledger, "settle").mockRejectedValue(new LedgerUnavailable("away"));
  expect(await response.text()).toContain("message_stop");
  const pending = await purse.balance();
  expect(pending).toMatchObject({ used: 0 });
  expect(pending.held).toBeGreaterThan(0);
  // For longer than the hold would have lived.
  await pause(3_500);
  expect(await purse.balance()).toEqual(pending);
  away.mockRestore();
  await expect.poll(async () => (await purse.balance()).held).toBe(0);
  expect((await purse.balance()).used).toBeGreaterThan(0);
  expect(rig.log()).toContain("the ledger is away; what runs owe is written when it is back");
});

describe("a gateway process", () => {
  async function startRun(sim: string, more: object = {}) {
    const supplier = await startSupplier();
    onTestFinished(() => supplier.close());
    const dataDir = freshDir();
    const { key, env } = await configure(dataDir, supplier.url, { runLifeMs: LIFE_MS, ...more });
    const gateway = startProcess(dataDir, env);
    const { baseUrl: url } = await gateway.ready;
    // A hold never lives shorter than a ticket did, so that those here have none.
    const response = await askAt(url, key, "messages", { sim, base: "/inline" });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    return { dataDir, env, key, gateway, reader, requestId: response.headers.get("request-id") ?? "" };
  }

  const rest = async (reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> => {
    let text = "";
    for (let read = await reader.read(); !read.done; read = await reader.read())
      text += Buffer.from(read.value).toString();
    return text;
  };

  const heldIn = (dataDir: string, laterMs: number): Promise<number> =>
    withLedger(
      dataDir,
      async (ledger) => {
        await ledger.expire(Date.now() + laterMs);
        return (await ledger.balance(ACCOUNT, INSTRUMENT)).held;
      },
      laterMs,
    );

  test("that is killed gives its holds back within a hold's life, and nothing was paid", async () => {
    const { dataDir, env, gateway, reader, requestId } = await startRun("tokens=400 delayBetweenMs=50");
    // Renewed by now, and once more.
    await pause(2 * LIFE_MS);
    gateway.kill("SIGKILL");
    await gateway.exit;
    await rest(reader).catch(() => undefined);
    expect(await heldIn(dataDir, 0)).toBeGreaterThan(0);
    const next = startProcess(dataDir, env);
    await next.ready;
    await pause(LIFE_MS + 2_500);
    next.kill("SIGTERM");
    await next.exit;
    await withLedger(dataDir, async (ledger) => {
      expect(await ledger.balance(ACCOUNT, INSTRUMENT)).toMatchObject({ held: 0, used: 0, available: DEPOSIT });
      expect(await ledger.receipt(requestId)).toMatchObject({ status: "error", reason: "expired" });
    });
    expect(await faultsOfBooks(dataDir, Date.now(), "it was killed")).toEqual([]);
  });

  test("that is killed with the usual life gives its holds back when two minutes are over", async () => {
    const { dataDir, gateway, reader } = await startRun("tokens=400 delayBetweenMs=50", { runLifeMs: 120_000 });
    gateway.kill("SIGKILL");
    await gateway.exit;
    await rest(reader).catch(() => undefined);
    expect(await heldIn(dataDir, 60_000)).toBeGreaterThan(0);
    expect(await heldIn(dataDir, 120_001)).toBe(0);
  });

  test("that slept for longer than a hold's life tells the answer to its end, and says that it was not paid", async () => {
    const { dataDir, gateway, reader, requestId } = await startRun("tokens=30 chunks=30 delayBetweenMs=100");
    gateway.kill("SIGSTOP");
    await pause(LIFE_MS + 500);
    expect(await heldIn(dataDir, 0)).toBe(0);
    gateway.kill("SIGCONT");
    expect(await rest(reader)).toContain("message_stop");
    gateway.kill("SIGTERM");
    expect(await gateway.exit).toEqual({ code: 0, signal: null });
    expect(gateway.stdout()).toContain("a run was not settled: its hold had ended before it");
    await withLedger(dataDir, async (ledger) => {
      expect(await ledger.receipt(requestId)).toMatchObject({ status: "error", reason: "expired", tokensUsed: 0 });
      expect(await ledger.audit()).toEqual([]);
    });
  });
});
