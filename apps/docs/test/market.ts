/** A gateway with a supplier and money, for what is run against it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_TIMEOUTS, type Gateway, type GatewayOptions, readConfig, startGateway } from "@interchange/gateway";
import { startSupplier } from "@interchange/supplier-sim";

export interface Market {
  readonly gateway: Gateway;
  readonly url: string;
  /** A Consumption key of an account with tokens of every instrument. */
  readonly key: string;
  readonly operatorKey: string;
  close(): Promise<void>;
}

const TOKENS = 10_000_000;

export async function startMarket(options: GatewayOptions = {}): Promise<Market> {
  const dataDir = mkdtempSync(join(tmpdir(), "interchange-docs-market-"));
  const supplier = await startSupplier();
  const reading = readConfig({ env: {}, cwd: dataDir });
  if (reading.kind !== "demo") throw new Error("a configuration was found where none should be");
  const { config } = reading;
  const offers = config.instruments.flatMap(({ name, features }) =>
    (["chat-completions", "messages"] as const).map((dialect) => ({
      supplier: "simulator",
      dialect,
      instrument: name,
      model: "simulated",
      askMicros: 1_000,
      features,
      delivery: "relay" as const,
    })),
  );
  const row = {
    name: "simulator",
    baseUrl: supplier.url,
    dialects: ["chat-completions", "messages"] as const,
    timeouts: DEFAULT_TIMEOUTS,
    offers,
  };
  const gateway = await startGateway({ ...config, port: 0, dataDir, suppliers: [row] }, { followMs: 0, ...options });
  const { ledger } = gateway.engine;
  const { id: accountId } = await ledger.openAccount({ id: "reader", name: "Reader" });
  for (const { name: instrument } of config.instruments)
    await ledger.deposit({
      accountId,
      instrument,
      tokens: TOKENS,
      costMicros: TOKENS,
      reference: `docs-${instrument}`,
    });
  const { secret: key } = await ledger.createKey({ accountId, role: "consumption" });
  const { secret: operatorKey } = await ledger.createKey({ accountId, role: "operator" });
  return {
    gateway,
    url: gateway.url,
    key,
    operatorKey,
    async close() {
      await gateway.close();
      await supplier.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
