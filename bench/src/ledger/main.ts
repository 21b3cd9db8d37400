/**
 * The books: how many holds and settlements a second they take, what each costs, and how long a hold waits at half of what
 * must be reached; beside the bare store's own best rate for the same rows, in one sitting.
 *
 * `node src/ledger/main.ts [seconds] [rounds]`
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { medianOf } from "../median.ts";
import { bareSqlite } from "./bare-sqlite.ts";
import { canPin, pressed } from "./gateways.ts";
import type { Came, Load } from "./load.ts";

const [seconds = 5, rounds = 3] = process.argv.slice(2).map(Number);

/** Pairs a second that must be reached, and half of it, at which a hold's delay is read. */
const RATE = 10_000;
const AT_ONCE = 512;
const MANY = 1_000;

const folder = mkdtempSync(join(tmpdir(), "bench-ledger-"));
let files = 0;
const freshFile = (): string => join(folder, `${files++}.db`);

try {
  await sqlite();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function sqlite(): Promise<void> {
  const core = canPin() ? 0 : undefined;
  process.stdout.write(
    `\nSQLite, synchronous=FULL, ${core === undefined ? "not pinned" : "all threads on one core"}\n`,
  );
  const load = { name: "one", seconds, atOnce: AT_ONCE, rate: 0 };
  const rows: [string, Load][] = [
    [`${MANY} accounts`, { ...load, accounts: MANY }],
    ["1 account, 1 lot", { ...load, accounts: 1 }],
  ];
  const kept = new Map<string, Came[]>();
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, one] of rows) note(kept, name, total(await pressed([{ ...one, file: freshFile() }], core)));
    note(kept, "bare store, groups of 256", bareSqlite(freshFile(), { accounts: MANY, group: 256, seconds }));
    note(kept, "waiting", total(await pressed([{ ...load, accounts: MANY, rate: RATE / 2, file: freshFile() }], core)));
  }
  print(kept);
}

function note(kept: Map<string, Came[]>, name: string, came: Came): void {
  kept.set(name, [...(kept.get(name) ?? []), came]);
}

function total(all: readonly Came[]): Came {
  const sum = (pick: (came: Came) => number): number => all.reduce((whole, came) => whole + pick(came), 0);
  return {
    pairs: sum((came) => came.pairs),
    seconds: Math.max(...all.map((came) => came.seconds)),
    cpu: sum((came) => came.cpu),
    holdMs: all.flatMap((came) => came.holdMs),
  };
}

function print(kept: ReadonlyMap<string, readonly Came[]>): void {
  const bare = medianOf((kept.get("bare store, groups of 256") ?? []).map(rateOf));
  process.stdout.write("                             pairs/s   × bare   CPU µs a pair   hold p50 ms   p99 ms\n");
  for (const [name, came] of kept) {
    const label = name === "waiting" ? `at ${RATE / 2} pairs a second` : name;
    const rate = medianOf(came.map(rateOf));
    const cost = medianOf(came.map(({ cpu, pairs }) => cpu / pairs));
    const [p50, p99] = [0.5, 0.99].map((share) => medianOf(came.map(({ holdMs }) => quantile(holdMs, share))));
    const cells = [rate.toFixed(0).padStart(9), (rate / bare).toFixed(2).padStart(9), cost.toFixed(1).padStart(16)];
    process.stdout.write(`${label.padEnd(27)}${cells.join("")}${waited(p50)}${waited(p99)}\n`);
  }
}

function waited(ms: number | undefined): string {
  return (ms === undefined || Number.isNaN(ms) ? "–" : ms.toFixed(2)).padStart(12);
}

function rateOf({ pairs, seconds: took }: Came): number {
  return pairs / took;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
}
