/** A desk for tests: a real gateway with real suppliers behind it, and the command line run in this process against it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { type Gateway, readConfig, startGateway } from "@interchange/gateway";
import { type Supplier, startSupplier } from "@interchange/supplier-sim";
import { run } from "../src/run.ts";
import type { Output, Terminal } from "../src/terminal.ts";

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Manner {
  /** What comes in; nothing unless said. */
  readonly stdin?: string | PassThrough;
  /** The operator's unless said; null for none. */
  readonly key?: string | null;
  /** Somebody looks on, at a terminal of so many columns. */
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** What the clock says; the time unless said. */
  readonly nowMs?: number;
  /** Told of what is written, as it is. */
  readonly onWrite?: (text: string, stream: "stdout" | "stderr") => void;
}

export interface Desk {
  readonly url: string;
  readonly gateway: Gateway;
  readonly supplier: Supplier;
  readonly operatorKey: string;
  /** A consumption key of `acme`. */
  readonly key: string;
  run(argv: readonly string[], manner?: Manner): Promise<Ran>;
  /** The same, read as JSON. Throws where it does not end well. */
  // biome-ignore lint/suspicious/noExplicitAny: what an answer has is what a test looks at
  json(argv: readonly string[], manner?: Manner): Promise<any>;
  close(): Promise<void>;
}

export const INSTRUMENT = "text-prime";

export async function openDesk(): Promise<Desk> {
  const supplier = await startSupplier();
  const dataDir = mkdtempSync(join(tmpdir(), "interchange-cli-"));
  const gateway = await startGateway(configOf(dataDir, supplier.url), { followMs: 0 });
  const { ledger } = gateway.engine;
  const { id: accountId } = await ledger.openAccount({ id: "acme", name: "Acme", defaultInstrument: INSTRUMENT });
  await ledger.deposit({
    accountId,
    instrument: INSTRUMENT,
    tokens: 1_000_000,
    costMicros: 500_000,
    reference: "first",
  });
  await ledger.depositCredits({ accountId, amountMicros: 100_000_000 });
  const { secret: key } = await ledger.createKey({ accountId, role: "consumption", name: "desk" });
  const { secret: operatorKey } = await ledger.createKey({ accountId, role: "operator" });
  const desk = { url: gateway.url, gateway, supplier, operatorKey, key };
  const runAt = (argv: readonly string[], manner: Manner = {}): Promise<Ran> =>
    runWith(argv, { ...manner, env: { ...envOf(desk, manner), ...manner.env } });
  return {
    ...desk,
    run: runAt,
    async json(argv, manner) {
      const { code, stdout, stderr } = await runAt([...argv, "--json"], manner);
      if (code !== 0) throw new Error(`${argv.join(" ")} ended with ${code}: ${stderr}`);
      return JSON.parse(stdout);
    },
    async close() {
      await gateway.close();
      await supplier.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function envOf(desk: Pick<Desk, "url" | "operatorKey">, { key = desk.operatorKey }: Manner): Record<string, string> {
  return {
    INTERCHANGE_URL: desk.url,
    XDG_CONFIG_HOME: "/nonexistent",
    ...(key === null ? {} : { INTERCHANGE_KEY: key }),
  };
}

function configOf(dataDir: string, supplierUrl: string) {
  const reading = readConfig({ env: {}, cwd: tmpdir() });
  if (reading.kind !== "demo") throw new Error("expected no configuration");
  const { config } = reading;
  const dialects = ["chat-completions", "messages"] as const;
  const timeouts = { connectMs: 2_000, firstByteMs: 5_000, idleMs: 5_000, totalMs: 60_000 };
  const offer = { supplier: "house", model: "sim-prime", askMicros: 400_000, delivery: "relay" } as const;
  const offers = dialects.map((dialect) => ({ ...offer, dialect, instrument: INSTRUMENT }));
  return {
    ...config,
    port: 0,
    dataDir,
    suppliers: [{ name: "house", baseUrl: supplierUrl, dialects, timeouts, offers }],
  };
}

/** Runs the command line with streams that remember. */
export async function runWith(argv: readonly string[], manner: Manner): Promise<Ran> {
  const { stdin = "", columns, env = {}, signal = new AbortController().signal, onWrite = () => undefined } = manner;
  const [stdout, out] = remembering(columns, (text) => onWrite(text, "stdout"));
  const [stderr, err] = remembering(columns, (text) => onWrite(text, "stderr"));
  const terminal: Terminal = {
    stdin: typeof stdin === "string" ? said(stdin, columns !== undefined) : stdin,
    stdout,
    stderr,
    env: { ...(columns === undefined ? {} : { NO_COLOR: "1" }), ...env },
    signal,
    nowMs: () => manner.nowMs ?? Date.now(),
  };
  return { code: await run(argv, terminal), stdout: out(), stderr: err() };
}

function remembering(columns: number | undefined, onWrite: (text: string) => void): readonly [Output, () => string] {
  let text = "";
  const stream = new PassThrough().setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
    onWrite(chunk);
  });
  return [Object.assign(stream, columns === undefined ? {} : { isTTY: true, columns }), () => text];
}

/** Comes in at once, and ends; a terminal with nothing to say stays open. */
function said(text: string, isTTY: boolean): PassThrough {
  const stream = Object.assign(new PassThrough(), { isTTY });
  if (text !== "" || !isTTY) stream.end(text);
  return stream;
}
