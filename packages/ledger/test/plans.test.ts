/**
 * Goal: what a hot command costs does not grow with the tables, and neither does putting records. Method: every kind is carried out on tables that are nearly
 * empty, as they are when a gateway starts on a new database; then PostgreSQL is asked for the plans that it has kept, since it
 * keeps those that it made then until somebody analyzes.
 */

import { openLedger } from "@interchange/ledger";
import { expect, onTestFinished, test } from "vitest";
import { openSession, type Session } from "../src/postgres/session.ts";
import { transact, WRITING } from "../src/postgres/transaction.ts";
import type { Command } from "../src/transactions/command.ts";
import { carryOut } from "../src/transactions/group.ts";
import { lifeFrom, START_MS } from "./sample.ts";
import { freshDatabase } from "./server.ts";

const LIMITS = { requestsPerMinute: null, tokensPerMinute: null, runningMax: null };
const LIFE_MS = lifeFrom(START_MS);
const ADA = { accountId: "ada", instrument: "text" };

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
      input: { ...ADA, lotId: `l${round}`, tokens: 100, costMicros: 1, expiresAtMs: LIFE_MS, reference: `n${round}` },
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
  ...{ idempotency: { key: requestId, bodyDigest: "d" }, runningMax: { account: 1_000 } },
});

const RECORD = { name: "a", document: "{}", effectiveAtMs: null, author: null, expects: null };

const settlementOf = (requestId: string) => ({
  ...{ requestId, tokens: 4, usage: null, timing: null, dropped: null, supplier: null, model: null },
});

test("postgres looks for rows by a key", { timeout: 20_000 }, async () => {
  const url = await freshDatabase();
  await (await openLedger({ url })).close();
  const session = await openSession({ url, role: "writer", schema: "interchange", timeoutMs: 5_000 });
  onTestFinished(() => session.close());
  const groups = [[OPEN], ...Array.from({ length: 8 }, (_, round) => groupsOf(round)).flat()];
  for (const group of groups) await transact(session, WRITING, carryOut(group));

  const plans = await plansIn(session);
  expect(plans.length).toBeGreaterThan(20);
  expect(plans.filter(({ plan }) => /Seq Scan|Hash \w*Join|Merge \w*Join/.test(plan))).toEqual([]);
});

/** As they are for whoever executes the session's prepared statements next. */
async function plansIn(session: Session): Promise<{ text: string; plan: string }[]> {
  const [prepared = []] = await session.run([
    {
      text: `SELECT name, statement, CAST(parameter_types AS TEXT) AS types FROM pg_prepared_statements
        WHERE statement LIKE '%unnest(%' AND statement NOT LIKE '%pg_prepared%'`,
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
