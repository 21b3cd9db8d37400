/**
 * One gateway's worth of books under load, in a process of its own: holds that are settled, so many at a time or so many a
 * second. Tells what it came to and what it cost.
 */
import { type Ledger, openLedger } from "@interchange/ledger";

export interface Load {
  /** A file of SQLite, or the address of a PostgreSQL. */
  readonly file?: string;
  readonly url?: string;
  /** Tells the request ids of several processes apart. */
  readonly name: string;
  readonly accounts: number;
  readonly seconds: number;
  /** Pairs under way at once; with a rate the most that may be. */
  readonly atOnce: number;
  /** Pairs a second; 0 as many as go. */
  readonly rate: number;
}

export interface Came {
  readonly pairs: number;
  readonly seconds: number;
  /** Microseconds of processor time, of all threads. */
  readonly cpu: number;
  /** How long holds took, in milliseconds, unsorted. */
  readonly holdMs: readonly number[];
}

const HELD = 4_096;
const USED = 1_234;
const INSTRUMENT = "text-prime";

process.once("message", (load: Load) => {
  void run(load).then((came) => process.send?.(came, () => process.exit()));
});
process.send?.("ready");

async function run(load: Load): Promise<Came> {
  const where = load.url === undefined ? { file: load.file ?? ":memory:" } : { url: load.url };
  const ledger = await openLedger(where);
  const accounts = await fund(ledger, load);
  // What is compiled and cached on the way is not what is measured.
  await press(ledger, accounts, { ...load, seconds: 1, name: `${load.name}-warm` });
  const came = await press(ledger, accounts, load);
  await ledger.close();
  return came;
}

async function fund(ledger: Ledger, { accounts }: Load): Promise<readonly string[]> {
  const ids = Array.from({ length: accounts }, (_, place) => `bench-${place}`);
  await Promise.all(ids.map((id) => ledger.openAccount({ id, name: "Bench" })));
  const lot = { instrument: INSTRUMENT, tokens: 1_000_000_000_000, costMicros: 1_000_000, reference: "bench" };
  await Promise.all(ids.map((accountId) => ledger.deposit({ accountId, ...lot })));
  return ids;
}

async function press(ledger: Ledger, accounts: readonly string[], load: Load): Promise<Came> {
  const holdMs: number[] = [];
  const startMs = performance.now();
  const untilMs = startMs + load.seconds * 1_000;
  const before = process.cpuUsage();
  let begun = 0;

  const pair = async (): Promise<void> => {
    const number = begun++;
    // As a gateway's, ids grow with time.
    const requestId = `req_${startMs.toFixed(0)}_${String(number).padStart(10, "0")}_${load.name}`;
    const accountId = accounts[number % accounts.length] ?? "";
    const sentMs = performance.now();
    const request = { requestId, accountId, instrument: INSTRUMENT, tokens: HELD, expiresAtMs: Date.now() + 60_000 };
    const outcome = await ledger.hold({
      ...request,
      supplier: "sim",
      model: "sim-model",
      keyId: "k",
      surface: "messages",
    });
    holdMs.push(performance.now() - sentMs);
    if (outcome.kind !== "held") throw new Error(`a hold came to ${outcome.kind}`);
    await ledger.settle({ requestId, tokens: USED, usage: { input: 1_000, output: 234 }, timing: { sentAtMs: 1 } });
  };

  if (load.rate === 0) await closed(pair, load.atOnce, untilMs);
  else await open(pair, load.rate, untilMs);
  const spent = process.cpuUsage(before);
  return { pairs: begun, seconds: (performance.now() - startMs) / 1_000, cpu: spent.user + spent.system, holdMs };
}

/** As many as go: whoever is done begins the next. */
async function closed(pair: () => Promise<void>, atOnce: number, untilMs: number): Promise<void> {
  const worker = async (): Promise<void> => {
    while (performance.now() < untilMs) await pair();
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** So many a second, whether or not those before are done: who comes late does not spare who waits. */
async function open(pair: () => Promise<void>, rate: number, untilMs: number): Promise<void> {
  const underWay = new Set<Promise<void>>();
  const startMs = performance.now();
  for (let sent = 0; performance.now() < untilMs; ) {
    const due = Math.floor(((performance.now() - startMs) / 1_000) * rate);
    for (; sent < due; sent += 1) {
      const one: Promise<void> = pair().finally(() => underWay.delete(one));
      underWay.add(one);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(underWay);
}
