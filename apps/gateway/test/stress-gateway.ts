/** Gateways of a stress: processes to be killed, each in a folder and on a port of its own, that come back where they were. */
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { freshDir, type GatewayProcess, startProcess } from "./gateway-process.ts";
import { INSTRUMENT } from "./rig.ts";
import type { Office } from "./stress-office.ts";

export interface Shop extends Office {
  /** A consumption key of an account that can pay. */
  readonly key: string;
  /** Kills the process outright. */
  kill(): Promise<void>;
  /** Starts it again on what it left. */
  restart(): Promise<void>;
  /** Lets it write to no file, as on a disk that is full, until `freeDisk`. */
  fillDisk(): void;
  freeDisk(): void;
}

/** Whether a disk can be made to look full here, to one process. */
export const CAN_FILL_DISK = spawnSync("prlimit", ["--version"]).status === 0;

/** https://man7.org/linux/man-pages/man1/prlimit.1.html; node ignores the signal that comes with it. */
function limitFiles(pid: number, bytes: string): void {
  execFileSync("prlimit", ["--pid", String(pid), `--fsize=${bytes}:unlimited`]);
}

export interface ShopOptions {
  readonly supplierUrl: string;
  /** Where the books are, when they are not with the gateway. */
  readonly databaseUrl?: string;
  /** After how long what a process that dies leaves behind is given back. */
  readonly lifeMs?: number;
}

const LIFE_MS = 3_000;

/** Gateways that share their books and the keys of their tickets. */
export async function openShops(count: number, options: ShopOptions): Promise<Shop[]> {
  const [first, ...others] = Array.from({ length: count }, () => freshDir()) as [string, ...string[]];
  const shops = [await openShop(first, options)];
  for (const dataDir of others) {
    // As the operating guide has it: whoever redeems tickets needs the keys with which they were sealed.
    for (const file of ["relay-keys.json", "edge-keys.json"]) copyFileSync(join(first, file), join(dataDir, file));
    shops.push(await openShop(dataDir, options));
  }
  return shops;
}

async function openShop(dataDir: string, options: ShopOptions): Promise<Shop> {
  const port = await freePort();
  const env = { ...configured(dataDir, options), PORT: String(port) };
  let running: GatewayProcess = startProcess(dataDir, env);
  const { baseUrl, operatorKey, consumptionKey } = await running.ready;
  return {
    url: baseUrl,
    operatorKey,
    key: consumptionKey,
    async kill() {
      running.kill("SIGKILL");
      await running.exit;
    },
    async restart() {
      running = startProcess(dataDir, env);
      await running.ready;
    },
    fillDisk: () => limitFiles(running.pid, "1"),
    freeDisk: () => limitFiles(running.pid, "unlimited"),
  };
}

function configured(
  dataDir: string,
  { supplierUrl, databaseUrl, lifeMs = LIFE_MS }: ShopOptions,
): Record<string, string> {
  const offers = [{ instrument: INSTRUMENT, model: "sim-model", askMicrosPerUnit: 1_000_000 }];
  const config = {
    ticketLifeMs: lifeMs,
    limits: { runLifeMs: lifeMs },
    suppliers: [{ name: "sim", baseUrl: supplierUrl, dialect: ["chat-completions", "messages"], offers }],
    accounts: [{ id: "till", lots: [{ reference: "till", instrument: INSTRUMENT, tokens: 1_000_000 }] }],
  };
  mkdirSync(dataDir, { recursive: true });
  const file = join(dataDir, "interchange.config.yaml");
  writeFileSync(file, JSON.stringify(config));
  return {
    INTERCHANGE_CONFIG: file,
    INTERCHANGE_LOG: "error",
    ...(databaseUrl !== undefined && { INTERCHANGE_DATABASE_URL: databaseUrl }),
  };
}

/** One that nobody else is likely to take until the gateway does. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
