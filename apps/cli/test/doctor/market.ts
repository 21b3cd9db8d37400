/** A market for the doctor to look at: a real gateway over simulated suppliers, an account with tokens, and keys. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPlatformClient } from "@interchange/client/platform";
import { DEFAULT_TIMEOUTS, type Gateway, readConfig, startGateway } from "@interchange/gateway";
import { type Supplier, startSupplier } from "@interchange/supplier-sim";
import { CHECKS } from "../../src/doctor/checks/index.ts";
import type { Context } from "../../src/doctor/context.ts";
import { type Examination, examine, type Witness } from "../../src/doctor/examination.ts";
import { NETWORK } from "../../src/doctor/network.ts";

export const INSTRUMENT = "text-prime";

export interface Market {
  readonly gateway: Gateway;
  readonly url: string;
  readonly suppliers: readonly Supplier[];
  readonly accountId: string;
  readonly key: string;
  readonly operatorKey: string;
  close(): Promise<void>;
}

/** Suppliers wait so long between two pieces of a stream. */
export async function openMarket(names: readonly string[] = ["cirrus"], delayBetweenMs = 0): Promise<Market> {
  const suppliers = await Promise.all(names.map(() => startSupplier({ config: { directives: { delayBetweenMs } } })));
  const dataDir = mkdtempSync(join(tmpdir(), "interchange-doctor-"));
  const gateway = await startGateway(configOf(dataDir, names, suppliers), { followMs: 0 });
  const { ledger } = gateway.engine;
  const { id: accountId } = await ledger.openAccount({ name: "Doctor" });
  await ledger.deposit({ accountId, instrument: INSTRUMENT, tokens: 1_000_000, costMicros: 1_000_000 });
  const { secret: key } = await ledger.createKey({ accountId, role: "consumption" });
  const { secret: operatorKey } = await ledger.createKey({ accountId, role: "operator" });
  return {
    gateway,
    url: gateway.url,
    suppliers,
    accountId,
    key,
    operatorKey,
    async close() {
      await gateway.close();
      await Promise.all(suppliers.map((supplier) => supplier.close()));
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function configOf(dataDir: string, names: readonly string[], suppliers: readonly Supplier[]) {
  const reading = readConfig({ env: {}, cwd: tmpdir() });
  if (reading.kind !== "demo") throw new Error("expected no configuration");
  const dialects = ["chat-completions", "messages"] as const;
  return {
    ...reading.config,
    port: 0,
    dataDir,
    suppliers: suppliers.map((supplier, index) => ({
      name: names[index] ?? "",
      baseUrl: supplier.url,
      dialects,
      timeouts: { ...DEFAULT_TIMEOUTS, firstByteMs: 2_000, idleMs: 2_000 },
      offers: dialects.map((dialect) => ({
        supplier: names[index] ?? "",
        dialect,
        instrument: INSTRUMENT,
        model: "sim-prime",
        askMicros: 1_000 * (index + 1),
        delivery: "relay" as const,
      })),
    })),
  };
}

/** A healthy caller of the market, but for what is said. */
export function contextOf(market: Market, changes: Partial<Context> = {}): Context {
  return {
    baseUrl: market.url,
    key: market.key,
    client: (settings) => createPlatformClient({ ...settings, retries: 0 }),
    fetch: (request) => fetch(request),
    network: NETWORK,
    clock: Date.now,
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    patienceMs: 5_000,
    ...changes,
  };
}

/** Looks on without a word. */
export const NOBODY: Witness = { tell: () => undefined, during: (_, work) => work() };

export function examineMarket(market: Market, changes: Partial<Context> = {}): Promise<Examination> {
  return examine(contextOf(market, changes), CHECKS, NOBODY);
}
