/** The gateway as a process of its own, started as a machine starts it. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Format } from "@interchange/config";
import { type Ledger, openLedger } from "@interchange/ledger";
import { onTestFinished } from "vitest";
import type { Ready } from "../src/ready.ts";
import { INSTRUMENT, QUESTIONS } from "./rig.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const START_MS_MAX = 100_000;

/** What node has compiled of the sources once, so that the processes of a run need not do it again, each alone. */
const COMPILED = fileURLToPath(new URL("../../../node_modules/.cache/compiled", import.meta.url));

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface GatewayProcess {
  readonly pid: number;
  readonly dataDir: string;
  /** Resolves with what this process, and no other, wrote into ready.json. */
  readonly ready: Promise<Ready>;
  readonly exit: Promise<Exit>;
  stdout(): string;
  stderr(): string;
  kill(signal: NodeJS.Signals): void;
}

/** A folder that goes when the test does. */
export function freshDir(): string {
  const dir = mkdtempSync(join(tmpdir(), "interchange-process-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Whatever the test leaves running is killed when it ends. */
export function startProcess(dataDir: string, env: Record<string, string> = {}): GatewayProcess {
  const child = spawn(process.execPath, ["--conditions=@interchange/source", MAIN], {
    cwd: dataDir,
    env: {
      PATH: process.env["PATH"] ?? "",
      PORT: "0",
      INTERCHANGE_DATA_DIR: dataDir,
      NODE_COMPILE_CACHE: COMPILED,
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const out = collect(child.stdout);
  const err = collect(child.stderr);
  const exit = new Promise<Exit>((resolve) => child.once("close", (code, signal) => resolve({ code, signal })));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await exit;
  });
  const ready = waitForReady(child, dataDir, err);
  ready.catch(() => undefined);
  const pid = child.pid ?? 0;
  return { pid, dataDir, ready, exit, stdout: out, stderr: err, kill: (signal) => void child.kill(signal) };
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = "";
  stream.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  return () => text;
}

async function waitForReady(child: ChildProcess, dataDir: string, err: () => string): Promise<Ready> {
  const file = join(dataDir, "ready.json");
  for (const until = Date.now() + START_MS_MAX; Date.now() < until && child.exitCode === null; await pause(20)) {
    const ready = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Ready) : undefined;
    if (ready?.pid === child.pid) return ready as Ready;
  }
  throw new Error(`the gateway did not become ready: ${err()}`);
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The processes that the one started. */
export function childrenOf(pid: number): number[] {
  const rows = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
  return rows
    .map((row) => row.trim().split(/\s+/).map(Number))
    .flatMap(([own, parent]) => (parent === pid ? [own ?? 0] : []));
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

export interface Configured {
  readonly key: string;
  /** To be given to the process. */
  readonly env: Record<string, string>;
}

/** Writes a configuration that buys from one supplier, and funds an account, before any gateway has the books. */
export async function configure(dataDir: string, supplierUrl: string, limits: object = {}): Promise<Configured> {
  const config = {
    limits,
    suppliers: [
      {
        name: "sim",
        baseUrl: supplierUrl,
        dialect: ["chat-completions", "messages"],
        offers: [{ instrument: INSTRUMENT, model: "sim-model", askMicrosPerUnit: 1_000 }],
      },
    ],
  };
  const file = join(dataDir, "interchange.config.yaml");
  writeFileSync(file, JSON.stringify(config));
  const key = await withLedger(dataDir, async (ledger) => {
    const { id: accountId } = await ledger.openAccount({ id: ACCOUNT, name: "Process" });
    await ledger.deposit({ accountId, instrument: INSTRUMENT, tokens: DEPOSIT, costMicros: 0, reference: "process" });
    return (await ledger.createKey({ accountId, role: "consumption" })).secret;
  });
  return { key, env: { INTERCHANGE_CONFIG: file } };
}

export const ACCOUNT = "acc_process";
export const DEPOSIT = 5_000_000;

/** The books, while no gateway runs; `laterMs` from now. */
export async function withLedger<T>(dataDir: string, read: (ledger: Ledger) => Promise<T>, laterMs = 0): Promise<T> {
  const ledger = await openLedger({ file: join(dataDir, "ledger.db"), clock: () => Date.now() + laterMs });
  try {
    return await read(ledger);
  } finally {
    await ledger.close();
  }
}

export interface Asking {
  readonly base?: string;
  readonly sim?: string;
  readonly stream?: boolean;
  readonly redirect?: "follow" | "manual";
}

/** The body of a question that holds little. */
export function bodyOf(surface: Format, { sim = "", stream = true }: Asking): string {
  const cap = surface === "messages" ? { max_tokens: 300 } : { max_completion_tokens: 300 };
  return JSON.stringify(
    QUESTIONS[surface].body({ ...cap, stream, messages: [{ role: "user", content: `Hello [[sim ${sim}]]` }] }),
  );
}

export function askAt(baseUrl: string, key: string, surface: Format, asking: Asking = {}): Promise<Response> {
  const { base = "", redirect = "follow" } = asking;
  return fetch(`${baseUrl}${base}${QUESTIONS[surface].path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...QUESTIONS[surface].keyHeader(key) },
    body: bodyOf(surface, asking),
    redirect,
  });
}

/** Follows a redirect that was given before. */
export function follow(baseUrl: string, given: Response, surface: Format, asking: Asking = {}): Promise<Response> {
  return fetch(new URL(given.headers.get("location") ?? "", baseUrl), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: bodyOf(surface, asking),
  });
}
