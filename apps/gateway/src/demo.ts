/** Demo mode: what a stranger gets who starts us without a configuration. */
import { type ChildProcess, fork } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Ledger } from "@interchange/ledger";
import type { Offer } from "@interchange/routing";
import { type Config, DEFAULT_TIMEOUTS, FORMATS, type Format, type SupplierRow } from "./config/index.ts";

export interface DemoSupplier {
  readonly row: (config: Config) => SupplierRow;
  stop(): void;
}

/** Starts the simulated supplier as a process of its own, on any free port; it ends with us. */
export async function startDemoSupplier(): Promise<DemoSupplier> {
  const child = fork(fileURLToPath(import.meta.resolve("@interchange/supplier-sim/main")), {
    env: { ...process.env, PORT: "0", HOST: "127.0.0.1" },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const baseUrl = await readyUrl(child);
  return { row: (config) => simulator(config, baseUrl), stop: () => void child.kill() };
}

function readyUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once("message", (message) => resolve((message as { url: string }).url));
    child.once("exit", (code) => reject(new Error(`the demo supplier ended with code ${code} before it was ready`)));
    child.once("error", reject);
  });
}

const ASK_MICROS = 150_000;

/** It fills every instrument in both formats. */
function simulator(config: Config, baseUrl: string): SupplierRow {
  const offers = config.instruments.flatMap((instrument) =>
    FORMATS.map(
      (dialect: Format): Offer => ({
        supplier: "simulator",
        dialect,
        instrument: instrument.name,
        model: `sim-${instrument.name}`,
        askMicros: ASK_MICROS,
        features: instrument.features,
        delivery: "relay",
      }),
    ),
  );
  return { name: "simulator", baseUrl, dialects: FORMATS, timeouts: DEFAULT_TIMEOUTS, offers };
}

export interface DemoKeys {
  readonly consumptionKey: string;
  readonly operatorKey: string;
}

/** Ten million tokens of every instrument: enough to play with, and visibly not endless. */
const DEMO_TOKENS = 10_000_000;

/** Opens and funds the demo's account the first time; later the kept keys are shown again. */
export async function openDemoAccount(config: Config, ledger: Ledger): Promise<DemoKeys> {
  const file = join(config.dataDir, "demo-keys.json");
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as DemoKeys;
  const account = await ledger.openAccount({ id: "acc_demo", name: "Demo" });
  for (const { name } of config.instruments) {
    const costMicros = (DEMO_TOKENS / 1_000_000) * ASK_MICROS;
    await ledger.deposit({
      accountId: account.id,
      instrument: name,
      tokens: DEMO_TOKENS,
      costMicros,
      reference: `demo:${name}`,
    });
  }
  const [consumption, operator] = await Promise.all([
    ledger.createKey({ accountId: account.id, role: "consumption" }),
    ledger.createKey({ accountId: account.id, role: "operator" }),
  ]);
  const keys = { consumptionKey: consumption.secret, operatorKey: operator.secret };
  writeFileSync(file, JSON.stringify(keys), { mode: 0o600 });
  return keys;
}
