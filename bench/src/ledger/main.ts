/**
 * The books: how many holds and settlements a second they take, what each costs, and how long a hold waits at half of what
 * must be reached; beside the bare store's own best rate for the same rows, in one sitting.
 *
 * `node src/ledger/main.ts [seconds] [rounds] [sqlite | postgres | both]`
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres } from "@interchange/postgres-server";
import { medianOf } from "../median.ts";
import { barePostgres } from "./bare-postgres.ts";
import { bareSqlite } from "./bare-sqlite.ts";
import { canPin, pressed } from "./gateways.ts";
import type { Came, Load } from "./load.ts";

const [seconds = 5, rounds = 3] = process.argv.slice(2, 4).map(Number);
const which = process.argv[4] ?? "both";

/** Pairs a second that must be reached, and half of it, at which a hold's delay is read. */
const RATE = 10_000;
const AT_ONCE = 512;
const MANY = 1_000;
/** Pairs that the bare store writes in one transaction. */
const GROUP = 256;

const BARE = `bare store, groups of ${GROUP}`;

/** As an operator would have it, and not as tests do: what is committed is on the disk. */
const SETTINGS = { fsync: "on", shared_buffers: "256MB", max_wal_size: "4GB" };

if (which !== "postgres") await sqlite();
if (which !== "sqlite") await postgres();

/** What one sitting measures, in turns. */
interface Sitting {
  readonly title: string;
  /** One for each gateway. */
  readonly press: (load: Omit<Load, "file" | "url" | "name">) => Promise<readonly Came[]>;
  readonly bare: () => Promise<Came>;
}

async function sqlite(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bench-ledger-"));
  let files = 0;
  const freshFile = (): string => join(folder, `${files++}.db`);
  const core = canPin() ? 0 : undefined;
  const pinned = core === undefined ? "not pinned" : "all its threads on one core";
  try {
    await sit({
      title: `SQLite, synchronous=FULL, one gateway, ${pinned}`,
      press: (load) => pressed([{ ...load, name: "one", file: freshFile() }], core),
      bare: async () => bareSqlite(freshFile(), { accounts: MANY, group: GROUP, seconds }),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function postgres(): Promise<void> {
  const server = await startPostgres({ settings: SETTINGS });
  try {
    await sit({
      title: "PostgreSQL over a socket, fsync and synchronous_commit on, two gateways",
      press: async (load) => {
        const url = await server.createDatabase();
        const half = { ...load, url, atOnce: load.atOnce / 2, rate: load.rate / 2 };
        return pressed(["one", "two"].map((name) => ({ ...half, name })));
      },
      bare: async () =>
        barePostgres(await server.createDatabase(), { accounts: MANY, group: GROUP, seconds, connections: 2 }),
    });
  } finally {
    await server.stop();
  }
}

async function sit({ title, press, bare }: Sitting): Promise<void> {
  process.stdout.write(`\n${title}\n`);
  const load = { seconds, atOnce: AT_ONCE, rate: 0, accounts: MANY };
  const kept = new Map<string, Came[]>();
  const note = (name: string, came: Came): void => void kept.set(name, [...(kept.get(name) ?? []), came]);
  for (let round = 0; round < rounds; round += 1) {
    note(`${MANY} accounts`, total(await press(load)));
    note("1 account, 1 lot", total(await press({ ...load, accounts: 1 })));
    note(BARE, await bare());
    note(`at ${RATE / 2} pairs a second`, total(await press({ ...load, rate: RATE / 2 })));
  }
  print(kept);
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
  const bare = medianOf((kept.get(BARE) ?? []).map(rateOf));
  process.stdout.write("                             pairs/s   × bare   CPU µs a pair   hold p50 ms   p99 ms\n");
  for (const [name, came] of kept) {
    const rate = medianOf(came.map(rateOf));
    const cost = medianOf(came.map(({ cpu, pairs }) => cpu / pairs));
    const [p50, p99] = [0.5, 0.99].map((share) => medianOf(came.map(({ holdMs }) => quantile(holdMs, share))));
    const cells = [rate.toFixed(0).padStart(9), (rate / bare).toFixed(2).padStart(9), cost.toFixed(1).padStart(16)];
    process.stdout.write(`${name.padEnd(27)}${cells.join("")}${waited(p50)}${waited(p99)}\n`);
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
