/**
 * Goal: a purchase that was begun is seen through once, whoever dies or closes on the way, and nobody is charged twice.
 * Method: processes that are killed in the middle of a charge, gateways that close, and purchases that nobody sees through.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { DEFAULT_LIMITS } from "@interchange/config";
import { LedgerUnavailable, openLedger } from "@interchange/ledger";
import { startSupplier } from "@interchange/supplier-sim";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import type { Charge, ChargeOutcome } from "../src/buying/index.ts";
import { createReloads } from "../src/buying/reloads.ts";
import { askShort, openBuyingPurse, PRICE_MICROS, persist, UNIT } from "./buying-purse.ts";
import { configure, freshDir, withLedger } from "./gateway-process.ts";
import { type PaymentProvider, paymentsAt, startPaymentProvider } from "./payment-provider.ts";
import { ask, INSTRUMENT, QUESTIONS, type Rig, startRig } from "./rig.ts";

const MAIN = fileURLToPath(new URL("gateway-with-payments.ts", import.meta.url));
const RELOADING = { autoBuy: {}, autoReload: {} };

async function startProvider(...manners: Parameters<typeof startPaymentProvider>): Promise<PaymentProvider> {
  const provider = await startPaymentProvider(...manners);
  onTestFinished(() => provider.close());
  return provider;
}

async function startMarket(provider: PaymentProvider, dataDir?: string): Promise<Rig> {
  return startRig({ payments: paymentsAt(provider.url), ...(dataDir === undefined ? {} : { dataDir }) });
}

interface Started {
  readonly url: string;
  readonly child: ChildProcess;
}

/** A gateway of its own, which may be killed. */
async function startGatewayProcess(dataDir: string, env: Record<string, string>): Promise<Started> {
  const child = spawn(process.execPath, ["--conditions=@interchange/source", MAIN], {
    cwd: dataDir,
    env: { PATH: process.env["PATH"] ?? "", PORT: "0", INTERCHANGE_DATA_DIR: dataDir, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => kill(child));
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { url: String(line).trim(), child };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "close");
  child.kill("SIGKILL");
  await gone;
}

const askAt = (url: string, key: string) => () =>
  ask({ url, key } as Rig, "messages", { body: QUESTIONS.messages.body({ max_tokens: 100 }) });

test("killed in the middle of the charge, started again: charged once, bought once", async () => {
  const supplier = await startSupplier({});
  onTestFinished(() => supplier.close());
  const provider = await startProvider("hang");
  const dataDir = freshDir();
  const { env } = await configure(dataDir, supplier.url);
  const { key, accountId } = await withLedger(dataDir, (ledger) => openBuyingPurse(ledger, RELOADING));
  const first = await startGatewayProcess(dataDir, { ...env, PAYMENTS_URL: provider.url });
  expect((await askAt(first.url, key)()).status).toBe(503);
  await expect.poll(() => provider.asked.length).toBe(1);
  await kill(first.child);

  provider.behave("pay");
  // By then the leases of the first are over.
  const second = await startGatewayProcess(dataDir, { ...env, PAYMENTS_URL: provider.url, CLOCK_AHEAD_MS: "60000" });
  expect((await persist(askAt(second.url, key), 500)).at(-1)).toBe(200);
  await kill(second.child);

  expect(provider.charged.size).toBe(1);
  expect(new Set(provider.asked.map(({ reference }) => reference)).size).toBe(1);
  await withLedger(
    dataDir,
    async (ledger) => {
      const page = { limit: 10 };
      expect((await ledger.purchases(accountId, page)).data).toMatchObject([{ state: "filled", tokens: UNIT }]);
      expect((await ledger.reloads(accountId, page)).data).toMatchObject([{ state: "paid" }]);
      expect(await ledger.credits(accountId)).toEqual({
        depositedMicros: 5_000,
        availableMicros: 4_000,
        spentMicros: 1_000,
      });
      expect((await ledger.lots(accountId, page)).data).toHaveLength(1);
      expect(await ledger.audit()).toEqual([]);
    },
    60_000,
  );
});

test("what a dead gateway left is taken over before its callers give up", async () => {
  const supplier = await startSupplier({});
  onTestFinished(() => supplier.close());
  const provider = await startProvider("hang");
  const dataDir = freshDir();
  const { env } = await configure(dataDir, supplier.url);
  const { key } = await withLedger(dataDir, (ledger) => openBuyingPurse(ledger, RELOADING));
  const first = await startGatewayProcess(dataDir, { ...env, PAYMENTS_URL: provider.url });
  expect((await askAt(first.url, key)()).status).toBe(503);
  await expect.poll(() => provider.asked.length).toBe(1);
  await kill(first.child);
  provider.behave("pay");
  const second = await startGatewayProcess(dataDir, { ...env, PAYMENTS_URL: provider.url });
  const upMs = performance.now();
  expect((await persist(askAt(second.url, key), 500)).at(-1)).toBe(200);
  expect(performance.now() - upMs).toBeLessThan(10_000);
  await kill(second.child);
  expect(provider.charged.size).toBe(1);
});

test("what a living gateway sees through is left to it, also while it closes", async () => {
  const { promise: paid, resolve: pay } = Promise.withResolvers<ChargeOutcome>();
  const asked: string[] = [];
  const charge = ({ reference }: Charge) => {
    asked.push(reference);
    return paid;
  };
  const limits = { ...DEFAULT_LIMITS, drainMs: 20_000 };
  const market = await startRig({ payments: { owed: false, charge }, config: { limits } });
  const { ledger } = market.gateway.engine;
  const purse = await openBuyingPurse(ledger, RELOADING);
  await (await askShort(market, purse, "messages")).text();
  await expect.poll(() => asked.length).toBe(1);
  // A step is shorter than a lease, two are longer; between them the leases are renewed.
  const nobodyElse = async () => {
    market.later(3_000);
    const taking = { limit: 10, leaseUntilMs: market.nowMs() + 1 };
    expect([await ledger.takeOverReloads(taking), await ledger.takeOverPurchases(taking)]).toEqual([[], []]);
    await setTimeout(1_300);
  };
  await nobodyElse();
  await nobodyElse();
  const closed = market.close();
  await nobodyElse();
  await nobodyElse();
  pay({ kind: "paid", payment: "pay_1" });
  await closed;
  expect(asked).toHaveLength(1);
});

test("a purchase that another began is waited for, and taken over when its lease is over", async () => {
  const market = await startMarket(await startProvider("pay"));
  try {
    const { ledger } = market.gateway.engine;
    const purse = await openBuyingPurse(ledger, { autoBuy: {}, creditsMicros: PRICE_MICROS });
    const leaseUntilMs = market.nowMs() + 60_000;
    const wish = { accountId: purse.accountId, instrument: INSTRUMENT, priceMicrosPerUnit: PRICE_MICROS };
    const begun = await ledger.beginPurchase({ ...wish, neededTokens: 1, leaseUntilMs });
    expect(begun.kind).toBe("begun");
    expect(await persist(() => askShort(market, purse, "messages"), 15)).toEqual([503]);
    expect(await purse.purchases()).toMatchObject([{ state: "pending" }]);
    market.later(60_001);
    expect(await persist(() => askShort(market, purse, "messages"))).toEqual([503, 200]);
    expect(await purse.purchases()).toMatchObject([{ state: "filled" }]);
  } finally {
    await market.close();
  }
});

test("a reload that another began is taken over with its reference", async () => {
  const provider = await startProvider("pay");
  const market = await startMarket(provider);
  try {
    const { ledger } = market.gateway.engine;
    const purse = await openBuyingPurse(ledger, RELOADING);
    const { accountId } = purse;
    const begun = await ledger.beginReload({ accountId, neededMicros: 1, leaseUntilMs: market.nowMs() + 60_000 });
    if (begun.kind !== "begun") throw new Error(begun.kind);
    // A purchase that needs it waits for it, and does not charge beside it.
    expect(await persist(() => askShort(market, purse, "messages"), 5)).toEqual([503]);
    expect(provider.asked).toEqual([]);
    market.later(60_001);
    expect(await persist(() => askShort(market, purse, "messages"))).toEqual([503, 200]);
    expect(provider.asked.map(({ reference }) => reference)).toEqual([begun.reload.id]);
    expect(await purse.credits()).toEqual({ depositedMicros: 5_000, availableMicros: 4_000, spentMicros: 1_000 });
  } finally {
    await market.close();
  }
});

test("a gateway that closes finishes the charge and the purchase first", async () => {
  const provider = await startProvider(700);
  const dataDir = mkdtempSync(join(tmpdir(), "interchange-buying-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const market = await startMarket(provider, dataDir);
  const purse = await openBuyingPurse(market.gateway.engine.ledger, RELOADING);
  await (await askShort(market, purse, "messages")).text();
  await market.close();
  const ledger = await openLedger({ file: join(dataDir, "ledger.db") });
  onTestFinished(() => ledger.close());
  expect((await ledger.reloads(purse.accountId, { limit: 10 })).data).toMatchObject([{ state: "paid" }]);
  expect((await ledger.purchases(purse.accountId, { limit: 10 })).data).toMatchObject([{ state: "filled" }]);
});

test("a gateway that closes while the provider is away leaves the rest to the next one", async () => {
  const provider = await startProvider("die");
  const dataDir = mkdtempSync(join(tmpdir(), "interchange-buying-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const market = await startMarket(provider, dataDir);
  const purse = await openBuyingPurse(market.gateway.engine.ledger, RELOADING);
  await (await askShort(market, purse, "messages")).text();
  await expect.poll(() => provider.asked.length).toBeGreaterThan(1);
  const closingMs = performance.now();
  await market.close();
  expect(performance.now() - closingMs).toBeLessThan(5_000);
  expect(provider.charged.size).toBe(0);

  provider.behave("pay");
  const next = await startMarket(provider, dataDir);
  try {
    next.later(60_000);
    const again = { ...purse, key: purse.key };
    expect((await persist(() => askShort(next, again, "messages"))).at(-1)).toBe(200);
    expect(provider.charged.size).toBe(1);
    expect(await next.gateway.engine.ledger.credits(purse.accountId)).toMatchObject({ depositedMicros: 5_000 });
  } finally {
    await next.close();
  }
});

test("books that are away while a purchase is under way are waited for", async () => {
  const market = await startMarket(await startProvider("pay"));
  const { ledger } = market.gateway.engine;
  const { fillPurchase } = ledger;
  try {
    const purse = await openBuyingPurse(ledger, { autoBuy: {}, creditsMicros: PRICE_MICROS });
    let isAway = true;
    ledger.fillPurchase = async (id) => {
      if (isAway) throw new LedgerUnavailable("the store is away");
      return fillPurchase(id);
    };
    const refused = await askShort(market, purse, "messages");
    expect(await refused.text()).toContain("Balances cannot be read just now");
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
    isAway = false;
    expect((await persist(() => askShort(market, purse, "messages"))).at(-1)).toBe(200);
    expect(await purse.purchases()).toMatchObject([{ state: "filled" }]);
  } finally {
    ledger.fillPurchase = fillPurchase;
    await market.close();
  }
});

test("a provider that never answers is asked again, with the same reference", async () => {
  const provider = await startProvider("hang", "hang", "pay");
  const resolved: unknown[] = [];
  const reload = { id: "rel_1", accountId: "acc_1", amountMicros: 5, state: "pending", createdAtMs: 0 } as const;
  const reloads = createReloads({
    ledger: {
      beginReload: () => Promise.reject(new Error("nobody asks for it")),
      resolveReload: async (resolution) => {
        resolved.push(resolution);
        return reload;
      },
    },
    payments: paymentsAt(provider.url),
    clock: Date.now,
    log: pino({ level: "silent" }),
    closing: new AbortController().signal,
    chargeMsMax: 100,
  });
  expect(await reloads.seeThrough(reload)).toBe(true);
  expect(provider.asked.map(({ reference }) => reference)).toEqual(["rel_1", "rel_1", "rel_1"]);
  expect(provider.charged.size).toBe(1);
  expect(resolved).toEqual([{ reloadId: "rel_1", kind: "paid", payment: "pay_rel_1" }]);
});
