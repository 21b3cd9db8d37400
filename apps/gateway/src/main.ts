/** The gateway's process: configuration, start, signals. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Config, doubtsOf, readConfig } from "@interchange/config";
import { pino } from "pino";
import { type Demo, startDemo } from "./demo.ts";
import { startGateway } from "./gateway.ts";
import { banner, readyOf, removeReady, writeReady } from "./ready.ts";
import { keysFile, seed } from "./seed.ts";

const NODE_MAJOR_MIN = 24;

const DEMO_STANDING =
  "Demo: one simulated supplier, and an account that began with ten million tokens of every instrument.";

await main().catch((error: unknown) => fail("start", error as NodeJS.ErrnoException));

async function main(): Promise<void> {
  const startedAtMs = performance.timeOrigin;
  requireNode();
  const reading = readConfig({ env: process.env, cwd: process.cwd() });
  if (reading.kind === "refused") return refuse(reading.problems);
  const demo = reading.kind === "demo" ? await startDemo(reading.config) : undefined;
  const config = demo?.config ?? reading.config;
  const { dataDir } = reading.config;
  removeReady(dataDir);
  const log = pino({ level: process.env["INTERCHANGE_LOG"] ?? (demo === undefined ? "info" : "error") });
  if (demo === undefined) for (const doubt of doubtsOf(config)) log.warn(doubt);
  const gateway = await startGateway(config, { log, ...docs() });
  onStop(dataDir, gateway, demo);
  const keys = await seed(config, gateway.engine.ledger);
  const ready = readyOf(gateway.url, keys[config.accounts[0]?.id ?? ""]);
  writeReady(dataDir, ready);
  const standing = demo === undefined ? standingOf(config) : DEMO_STANDING;
  process.stdout.write(`${banner(ready, standing, Date.now() - startedAtMs)}\n`);
}

/** Where a gateway with a configuration stands, in a line. */
function standingOf(config: Config): string {
  const suppliers = config.suppliers.map((supplier) => supplier.name).join(", ");
  const accounts = config.accounts.length;
  if (accounts === 0) return `Suppliers: ${suppliers}. No account yet: give the configuration a row under accounts.`;
  return `Suppliers: ${suppliers}. Keys of ${accounts === 1 ? "the account" : `all ${accounts} accounts`}: ${keysFile(config)}`;
}

/** Under npm alone a machine may have an older node; the project brings its own, which pnpm finds. */
function requireNode(): void {
  if (Number(process.versions.node.split(".")[0]) >= NODE_MAJOR_MIN) return;
  process.stderr.write(
    `Interchange needs Node ${NODE_MAJOR_MIN} or later, not ${process.versions.node}. Start it with: npm start\n`,
  );
  process.exit(1);
}

function refuse(problems: readonly string[]): void {
  process.stderr.write(`The configuration is refused:\n${problems.map((problem) => `  ${problem}\n`).join("")}`);
  process.exitCode = 1;
}

/** The demo's supplier sees us go and follows. */
function fail(what: "start" | "stop cleanly", error: NodeJS.ErrnoException): never {
  const { code } = error;
  const text = code === "EADDRINUSE" ? `${error.message}. Choose another port with PORT=…` : error.message;
  process.stderr.write(`Interchange could not ${what}: ${text}\n`);
  process.exit(1);
}

function docs(): { docsDir?: string } {
  const docsDir = fileURLToPath(new URL("../../docs/dist", import.meta.url));
  return existsSync(docsDir) ? { docsDir } : {};
}

/** The first signal lets running answers finish; a second one does not wait. */
function onStop(dataDir: string, gateway: { close(): Promise<void> }, demo: Demo | undefined): void {
  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) process.exit(1);
    stopping = true;
    removeReady(dataDir);
    await gateway.close();
    demo?.stop();
    process.exit(0);
  };
  const begin = (): void => void stop().catch((error: NodeJS.ErrnoException) => fail("stop cleanly", error));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, begin);
}
