/**
 * Goal: what a hot command costs does not grow with the tables, and neither does putting records, whatever PostgreSQL takes the
 * tables for. Method: every kind is carried out on tables of which it has been told something that is no longer so; then it is
 * asked for the plans that it has kept.
 */

import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { openSession, type Session } from "../src/postgres/session.ts";
import { type Writer, writerOn } from "../src/postgres/writer.ts";
import { openDatabase } from "../src/sqlite/database.ts";
import type { Command } from "../src/transactions/command.ts";
import { carryOut } from "../src/transactions/group.ts";
import type { Row, Statement, Value } from "../src/transactions/statement.ts";
import { freshFile, lifeFrom, START_MS } from "./sample.ts";
import { databaseWithTables, query } from "./server.ts";

const LIMITS = { requestsPerMinute: null, tokensPerMinute: null, runningMax: null };
const LIFE_MS = lifeFrom(START_MS);
const ADA = { accountId: "ada", instrument: "text" };
const LOT = { ...ADA, tokens: 100_000, costMicros: 1, expiresAtMs: LIFE_MS };

const OPEN: Command = {
  kind: "open-account",
  input: { accountId: "ada", name: "Ada", defaultInstrument: null, limits: LIMITS },
  nowMs: START_MS,
};

/** One after the other: each hot kind, with all that it may name, and records of both kinds. */
function groupsOf(round: number): Command[][] {
  const [kept, settled, begun] = [`kept${round}`, `settled${round}`, `begun${round}`];
  const inputs = [
    {
      kind: "deposit",
      input: { ...LOT, lotId: `l${round}`, reference: `n${round}` },
    },
    ...[kept, settled, begun].map((requestId) => ({ kind: "hold", input: holdOf(requestId) })),
    { kind: "hold", input: { ...holdOf(`again${round}`), idempotency: { key: kept, bodyDigest: "d" } } },
    { kind: "redeem", input: { requestId: begun, expiresAtMs: LIFE_MS } },
    { kind: "renew", input: { requestIds: [kept, begun], expiresAtMs: LIFE_MS + 1 } },
    { kind: "settle", input: settlementOf(settled) },
    { kind: "settle", input: settlementOf(settled) },
    { kind: "release", input: { requestId: begun, reason: "any" } },
    { kind: "balance", input: ADA },
    { kind: "balances", input: { accountId: "ada" } },
    { kind: "expire", input: { limit: 256 } },
    ...[true, false].map((keepsHistory) => ({ kind: "put-record", input: { ...RECORD, keepsHistory } })),
  ];
  return inputs.map((command) => [{ ...command, nowMs: START_MS } as Command]);
}

const holdOf = (requestId: string) => ({
  ...ADA,
  ...{
    requestId,
    keyId: "k",
    surface: null,
    tokens: 5,
    expiresAtMs: LIFE_MS,
    begun: false,
    supplier: null,
    model: null,
  },
  ...{ idempotency: { key: requestId, bodyDigest: "d" }, runningMax: { account: 1_000_000 } },
});

const RECORD = { name: "a", document: "{}", effectiveAtMs: null, author: null, expects: null };

const settlementOf = (requestId: string) => ({
  ...{ requestId, tokens: 4, usage: null, timing: null, dropped: null, supplier: null, model: null },
});

/** What is done to the tables before the first commands, and when a few have been carried out. */
const TAKEN_FOR: [name: string, before: string, after: string][] = [
  ["that nobody has analyzed", "", ""],
  ["that were empty when somebody analyzed", "VACUUM ANALYZE", ""],
  ["that were nearly empty when somebody analyzed", "", "ANALYZE"],
  ["of which some were emptied and analyzed", "", "DELETE FROM idempotency; DELETE FROM record; ANALYZE"],
];

test.each(TAKEN_FOR)("postgres looks for rows by a key in tables %s", async (_, before, after) => {
  const { url, session, writer } = await ownWriter();
  const carryOut = (group: readonly Command[]) => Promise.all(group.map((command) => writer.submit(command)));
  await query(url, before);
  for (const group of [[OPEN], ...groupsOf(0)]) await carryOut(group);
  await query(url, after);
  for (const group of groupsOf(1)) await carryOut(group);
  // A sweep's first plan may read through what is open: there is one sweep for thousands of commands.
  const first = (await plansIn(session)).filter(({ text }) => text.includes("unnest"));
  expect(first.filter(({ plan }) => readsThrough(plan))).toEqual([]);

  await carryOut([{ kind: "deposit", input: { ...LOT, lotId: "many", reference: null }, nowMs: START_MS }]);
  await carryOut(
    Array.from({ length: 2_000 }, (_, i) => ({ kind: "hold", input: holdOf(`many${i}`), nowMs: START_MS })),
  );
  for (const group of groupsOf(2)) await carryOut(group);
  const plans = await plansIn(session);
  expect(plans.length).toBeGreaterThan(25);
  // The key of one account's holds finds a request among all of that account's, or of everybody's.
  expect(plans.filter(({ plan }) => readsThrough(plan) || /hold_by_account/.test(plan))).toEqual([]);
});

test("sqlite looks for rows by a key", () => {
  const file = freshFile();
  openDatabase(file, 0).close();
  // What refers to a row would be among the plans too, and looked at only where a key changes.
  const database = new DatabaseSync(file, { enableForeignKeyConstraints: false });
  onTestFinished(() => database.close());
  const plans: unknown[][] = [];
  const run = ({ text, values }: Statement): Row[] => {
    const spelt = text.replaceAll("$", "?");
    const given = values.map((value) => (Array.isArray(value) ? JSON.stringify(value) : (value as Value)));
    plans.push(
      database
        .prepare(`EXPLAIN QUERY PLAN ${spelt}`)
        .all(...given)
        .map(({ detail }) => detail),
    );
    return database.prepare(spelt).all(...given) as Row[];
  };
  for (const group of [[OPEN], ...groupsOf(0), ...groupsOf(1)]) {
    const transaction = carryOut(group);
    for (let step = transaction.next(); !step.done; step = transaction.next(step.value.map(run)));
  }
  expect(plans.length).toBeGreaterThan(100);
  const given = /^SCAN (given|named|source|step|over|due|CONSTANT|\(|\d)/;
  expect(plans.flat().filter((detail) => `${detail}`.startsWith("SCAN") && !given.test(`${detail}`))).toEqual([]);
});

/** A writer whose session can be asked what it has prepared. */
async function ownWriter(): Promise<{ url: string; session: Session; writer: Writer }> {
  const url = await databaseWithTables();
  const session = await openSession({ url, role: "writer", schema: "interchange", timeoutMs: 5_000 });
  onTestFinished(() => session.close());
  return { url, session, writer: writerOn({ session: () => session, close: () => session.close() }) };
}

/** Whether a table or an index is read from one end to the other, or each row of it compared with what is given. */
function readsThrough(plan: string): boolean {
  if (/Seq Scan|Hash \w*Join|Merge \w*Join|Join Filter/.test(plan)) return true;
  const lines = plan.split("\n");
  return lines.some((line, place) => /Index .*Scan/.test(line) && !/Index Cond/.test(lines[place + 1] ?? ""));
}

/** As they are for whoever executes the session's prepared statements next. */
async function plansIn(session: Session): Promise<{ text: string; plan: string }[]> {
  const [prepared = []] = await session.run([
    {
      text: `SELECT name, statement, CAST(parameter_types AS TEXT) AS types FROM pg_prepared_statements
        WHERE statement ~ '(unnest|FROM (hold|lot|balance|idempotency|record) )' AND statement NOT LIKE '%pg_prepared%'`,
      values: [],
    },
  ]);
  const plans: { text: string; plan: string }[] = [];
  for (const { name, statement, types } of prepared) {
    const values = `${types}`
      .slice(1, -1)
      .split(",")
      .map((type) => (type.endsWith("[]") ? "'{1}'" : "1"));
    const [rows = []] = await session.run([{ text: `EXPLAIN EXECUTE ${name} (${values.join()})`, values: [] }]);
    plans.push({ text: `${statement}`, plan: rows.map((row) => row["QUERY PLAN"]).join("\n") });
  }
  return plans;
}
