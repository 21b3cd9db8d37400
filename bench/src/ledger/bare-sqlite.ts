/** The limit: the rows of a hold and its settlement written to a bare SQLite, in groups, by statements that ask for nothing. */
import { DatabaseSync } from "node:sqlite";
import type { Came } from "./load.ts";

const SCHEMA = `
  PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
  CREATE TABLE hold (
    request_id TEXT PRIMARY KEY, account_id TEXT, instrument TEXT, key_id TEXT, surface TEXT, tokens INTEGER, state TEXT,
    created_at_ms INTEGER, expires_at_ms INTEGER, resolved_at_ms INTEGER, supplier TEXT, model TEXT,
    tokens_used INTEGER, cost_micros INTEGER, usage TEXT, timing TEXT
  ) STRICT;
  CREATE INDEX open_hold ON hold (expires_at_ms) WHERE resolved_at_ms IS NULL;
  CREATE INDEX open_hold_by_place ON hold (account_id, instrument, created_at_ms) WHERE resolved_at_ms IS NULL;
  CREATE INDEX hold_by_account ON hold (account_id, request_id);
  CREATE TABLE movement (
    movement_number INTEGER PRIMARY KEY, movement TEXT, reference TEXT, account_id TEXT, instrument TEXT,
    available INTEGER, held INTEGER, used INTEGER, at_ms INTEGER
  ) STRICT;
  CREATE INDEX movement_by_account ON movement (account_id, movement_number);
  CREATE TABLE draw (request_id TEXT, draw_number INTEGER, lot_id TEXT, tokens INTEGER, cost_micros INTEGER,
    PRIMARY KEY (request_id, draw_number)) STRICT, WITHOUT ROWID;
  CREATE TABLE balance (account_id TEXT PRIMARY KEY, available INTEGER, held INTEGER, used INTEGER) STRICT, WITHOUT ROWID;`;

/** Every pair is one of the group that it is held in and of the next, in which it is settled. */
export function bareSqlite(
  file: string,
  { accounts, group, seconds }: { accounts: number; group: number; seconds: number },
): Came {
  const database = new DatabaseSync(file);
  database.exec(SCHEMA);
  for (let place = 0; place < accounts; place += 1)
    database.exec(`INSERT INTO balance VALUES ('bench-${place}', 0, 0, 0)`);
  const hold = database.prepare(
    "INSERT INTO hold VALUES (?1, ?2, 'text-prime', 'k', 'messages', 4096, 'held', ?3, ?3, NULL, 'sim', 'sim-model', 0, 0, NULL, NULL)",
  );
  const settle = database.prepare(
    `UPDATE hold SET state = 'settled', resolved_at_ms = ?2, tokens_used = 1234, cost_micros = 1,
     usage = '{"input":1000,"output":234}', timing = '{"sentAtMs":1}' WHERE request_id = ?1`,
  );
  const movement = database.prepare("INSERT INTO movement VALUES (NULL, ?1, ?2, ?3, 'text-prime', ?4, ?5, ?6, ?7)");
  const draw = database.prepare("INSERT INTO draw VALUES (?1, 1, 'lot_00000000000000000000', 1234, 1)");
  const balance = database.prepare(
    "UPDATE balance SET available = available + ?2, held = held + ?3 WHERE account_id = ?1",
  );

  let pairs = 0;
  const startMs = performance.now();
  const before = process.cpuUsage();
  while (performance.now() < startMs + seconds * 1_000) {
    const ids = Array.from(
      { length: group },
      () => [`req_${String(pairs++).padStart(20, "0")}_bare`, `bench-${pairs % accounts}`] as const,
    );
    const places = new Set(ids.map(([, account]) => account));
    const nowMs = Date.now();
    database.exec("BEGIN IMMEDIATE");
    for (const [id, account] of ids) {
      hold.run(id, account, nowMs);
      movement.run("hold", id, account, -4_096, 4_096, 0, nowMs);
    }
    for (const account of places) balance.run(account, -4_096, 4_096);
    database.exec("COMMIT");
    database.exec("BEGIN IMMEDIATE");
    for (const [id, account] of ids) {
      settle.run(id, nowMs);
      movement.run("settle", id, account, 2_862, -4_096, 1_234, nowMs);
      draw.run(id);
    }
    for (const account of places) balance.run(account, 2_862, -4_096);
    database.exec("COMMIT");
  }
  const spent = process.cpuUsage(before);
  database.close();
  return { pairs, seconds: (performance.now() - startMs) / 1_000, cpu: spent.user + spent.system, holdMs: [] };
}
