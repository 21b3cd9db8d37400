/** A market for tests: a real gateway that buys from a simulated supplier, an account with tokens, and a key of either kind. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Gateway, readConfig, startGateway } from "@interchange/gateway";
import { type Supplier, startSupplier } from "@interchange/supplier-sim";

/** What whoever asks must know, a page in a browser too. */
export interface Place {
  readonly url: string;
  /** A Consumption key of an account with tokens. */
  readonly key: string;
  readonly operatorKey: string;
}

export interface Market extends Place {
  readonly supplier: Supplier;
  readonly gateway: Gateway;
  /** Moves the gateway's clock on. */
  later(ms: number): void;
  close(): Promise<void>;
}

export const INSTRUMENT = "text-prime";
const TOKENS = 50_000_000;

export async function startMarket(): Promise<Market> {
  const supplier = await startSupplier();
  const folder = mkdtempSync(join(tmpdir(), "interchange-client-"));
  let shiftMs = 0;
  const gateway = await startGateway(configOf(folder, supplier.url), {
    clock: () => Date.now() + shiftMs,
    followMs: 0,
  });
  const { ledger } = gateway.engine;
  const { id: accountId } = await ledger.openAccount({ id: "acc_client", name: "Client" });
  await ledger.deposit({ accountId, instrument: INSTRUMENT, tokens: TOKENS, costMicros: TOKENS, reference: "test" });
  const { secret: key } = await ledger.createKey({ accountId, role: "consumption" });
  const { secret: operatorKey } = await ledger.createKey({ accountId, role: "operator" });
  return {
    url: gateway.url,
    key,
    operatorKey,
    supplier,
    gateway,
    later: (ms) => {
      shiftMs += ms;
    },
    async close() {
      await gateway.close();
      await supplier.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function configOf(folder: string, supplierUrl: string) {
  const offer = { instrument: INSTRUMENT, model: "sim-prime", askMicrosPerUnit: 1_000 };
  const config = {
    port: 0,
    dataDir: folder,
    suppliers: [{ name: "sim", baseUrl: supplierUrl, dialect: ["chat-completions", "messages"], offers: [offer] }],
  };
  writeFileSync(join(folder, "interchange.config.yaml"), JSON.stringify(config));
  const reading = readConfig({ env: {}, cwd: folder });
  if (reading.kind === "refused") throw new Error(reading.problems.join("\n"));
  return reading.config;
}
