/** Demo mode: what a stranger gets who starts us without a configuration. */
import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type AccountRow,
  type Config,
  DEFAULT_TIMEOUTS,
  FORMATS,
  type Format,
  type SupplierRow,
} from "@interchange/config";
import type { Offer } from "@interchange/routing";

export interface Demo {
  /** The configuration with a supplier that answers and an account that can pay. */
  readonly config: Config;
  stop(): void;
}

/** Starts the simulated supplier as a process of its own, on any free port; it ends with us. */
export async function startDemo(base: Config): Promise<Demo> {
  const child = fork(fileURLToPath(import.meta.resolve("@interchange/supplier-sim/main")), {
    env: { ...process.env, PORT: "0", HOST: "127.0.0.1" },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const baseUrl = await readyUrl(child);
  // Its books are its own: a key of the demo is worth nothing to a gateway with real suppliers.
  const dataDir = join(base.dataDir, "demo");
  const config = {
    ...base,
    dataDir,
    databaseSchema: "interchange_demo",
    suppliers: [simulator(base, baseUrl)],
    accounts: [demoAccount(base)],
  };
  return { config, stop: () => void child.kill() };
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

/** Ten million tokens of every instrument: enough to play with, and visibly not endless. */
const DEMO_TOKENS = 10_000_000;

function demoAccount(config: Config): AccountRow {
  const costMicros = (DEMO_TOKENS / 1_000_000) * ASK_MICROS;
  const lots = config.instruments.map(({ name }) => {
    return { reference: `demo-${name}`, instrument: name, tokens: DEMO_TOKENS, costMicros };
  });
  return { id: "demo", name: "Demo", lots };
}
