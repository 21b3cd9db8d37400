/** A market as a user starts it: a configuration in a fresh folder, the gateway as a process, a supplier of one format. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Format } from "@interchange/config";
import { openLedger, type Receipt } from "@interchange/ledger";
import { type Supplier, startSupplier } from "@interchange/supplier-sim";
import type { Ready } from "../../src/ready.ts";
import { faultsOfBooks } from "../rig.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const READY_MS_MAX = 30_000;

/** One line of the gateway's log. */
export interface Answered {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

export interface Books {
  /** By request id, in the order of the requests. */
  readonly receipts: ReadonlyMap<string, Receipt | undefined>;
  /** What is wrong with them, in sentences. */
  readonly faults: readonly string[];
}

export interface Market {
  readonly baseUrl: string;
  readonly key: string;
  readonly supplier: Supplier;
  /** What the gateway has answered so far, `/healthz` and the like included. */
  answered(): readonly Answered[];
  /** Ends everything and reads what is left in the ledger. */
  close(): Promise<Books>;
}

/** The supplier offers `instrument` in `dialect` and in nothing else. */
export async function startMarket(dialect: Format, instrument: string): Promise<Market> {
  const folder = mkdtempSync(join(tmpdir(), "interchange-market-"));
  const supplier = await startSupplier();
  writeFileSync(join(folder, "interchange.config.yaml"), JSON.stringify(configOf(supplier.url, dialect, instrument)));
  const gateway = spawn(process.execPath, ["--conditions=@interchange/source", MAIN], {
    cwd: folder,
    env: { PATH: process.env["PATH"], PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const log = collect(gateway);
  const answered = () => linesOf(log()).filter((line): line is Answered => "requestId" in line && "status" in line);
  const dataDir = join(folder, ".interchange");
  const stop = async (): Promise<void> => {
    await stopped(gateway);
    await supplier.close();
  };
  const close = async (): Promise<Books> => {
    await stop();
    const books = await readBooks(dataDir, answered());
    rmSync(folder, { recursive: true });
    return books;
  };
  const ready = await waitForReady(gateway, join(dataDir, "ready.json"));
  if (ready !== undefined) return { baseUrl: ready.baseUrl, key: ready.consumptionKey, supplier, answered, close };
  await stop();
  throw new Error(`the gateway did not become ready: ${log()}`);
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  await once(child, "exit");
}

function configOf(baseUrl: string, dialect: Format, instrument: string): object {
  const offers = [{ instrument, model: "house-model", askMicrosPerUnit: 150_000 }];
  const lots = [{ reference: "first", instrument, tokens: 10_000_000 }];
  return { suppliers: [{ name: "house", baseUrl, dialect, offers }], accounts: [{ id: "home", lots }] };
}

function collect({ stdout }: ChildProcess): () => string {
  let text = "";
  stdout?.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  return () => text;
}

function linesOf(log: string): object[] {
  return log.split("\n").flatMap((line) => (line.startsWith("{") && line.endsWith("}") ? [JSON.parse(line)] : []));
}

async function waitForReady(gateway: ChildProcess, file: string): Promise<Ready | undefined> {
  for (const until = Date.now() + READY_MS_MAX; Date.now() < until && gateway.exitCode === null; await pause(50)) {
    if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as Ready;
  }
  return undefined;
}

async function readBooks(dataDir: string, answered: readonly Answered[]): Promise<Books> {
  const ids = new Set(answered.filter(({ method }) => method === "POST").map(({ requestId }) => requestId));
  const ledger = await openLedger({ file: join(dataDir, "ledger.db"), clock: Date.now });
  const receipts = new Map<string, Receipt | undefined>();
  for (const id of ids) receipts.set(id, await ledger.receipt(id));
  await ledger.close();
  return { receipts, faults: await faultsOfBooks(dataDir, Date.now()) };
}
