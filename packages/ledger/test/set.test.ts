/**
 * Goal: commands that are carried out as a set answer and leave behind what they would one after the other. Method: random
 * commands, with a clock that also goes back, in random groups on one database and each alone on another; then all answers and
 * all tables are compared, and audited.
 */

import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Database, openDatabase } from "../src/sqlite/database.ts";
import type { Answer, Command } from "../src/transactions/command.ts";
import { carryOut } from "../src/transactions/group.ts";
import { freshFile, START_MS } from "./sample.ts";

const NEVER_MS = Number.MAX_SAFE_INTEGER;
const LIMITS = { requestsPerMinute: null, tokensPerMinute: null, runningMax: null };

const open = (accountId: string): Command => ({
  kind: "open-account",
  input: { accountId, name: accountId, defaultInstrument: null, limits: LIMITS },
  nowMs: START_MS,
});

const accounts = fc.constantFrom("ada", "ada", "ada", "ada", "ada", "ada", "bob", "nobody", "closed");
const instruments = fc.constantFrom("text", "text", "code");
const requestIds = fc.integer({ min: 0, max: 9 }).map((n) => `r${n}`);
const tokens = (max: number) => fc.integer({ min: 0, max });
const life = fc.integer({ min: -1, max: 40 });
const oneOf = <T>(...values: T[]) => fc.constantFrom(...values);

type Draft = (nowMs: number, number: number) => Command;

const drafts: fc.Arbitrary<Draft> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.tuple(accounts, instruments, tokens(20), fc.option(life), fc.option(oneOf("a", "b"))).map(deposit),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(
        accounts,
        instruments,
        requestIds,
        tokens(40),
        life,
        fc.option(oneOf("k", "l")),
        oneOf("x", "x", "y"),
        fc.option(oneOf(1, 2, 4)),
      )
      .map(hold),
  },
  { weight: 3, arbitrary: fc.tuple(requestIds, life).map(([requestId, lifeMs]) => redeem(requestId, lifeMs)) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.array(requestIds, { maxLength: 4 }), life).map(([ids, lifeMs]) => renew(ids, lifeMs)),
  },
  { weight: 5, arbitrary: fc.tuple(requestIds, tokens(70)).map(([requestId, used]) => settle(requestId, used)) },
  { weight: 1, arbitrary: requestIds.map((requestId) => release(requestId)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.integer({ min: -2, max: 60 }), oneOf(1, 256))
      .map(([aheadMs, limit]) => expire(aheadMs, limit)),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(accounts, instruments).map(([accountId, instrument]) => balance(accountId, instrument)),
  },
  { weight: 1, arbitrary: accounts.map((accountId) => balances(accountId)) },
);

function deposit([accountId, instrument, amount, lifeMs, reference]: [
  string,
  string,
  number,
  number | null,
  string | null,
]): Draft {
  return (nowMs, number) => {
    const expiresAtMs = lifeMs === null ? NEVER_MS : nowMs + lifeMs;
    const lot = {
      lotId: `lot${number}`,
      accountId,
      instrument,
      tokens: amount + 1,
      costMicros: 7 * amount,
      expiresAtMs,
    };
    return { kind: "deposit", input: { ...lot, reference }, nowMs };
  };
}

type Hold = [string, string, string, number, number, string | null, string, number | null];

function hold([accountId, instrument, requestId, amount, lifeMs, mark, bodyDigest, max]: Hold): Draft {
  return (nowMs, number) => {
    const asked = { requestId, accountId, instrument, tokens: amount + 1, expiresAtMs: nowMs + lifeMs };
    const told = { supplier: null, model: "m", keyId: number % 2 ? "key" : null, surface: "messages" };
    const idempotency = mark === null ? null : { key: mark, bodyDigest };
    const runningMax = max === null ? null : { key: max, account: max + 1, instrument: max };
    return { kind: "hold", input: { ...asked, ...told, begun: number % 5 === 0, idempotency, runningMax }, nowMs };
  };
}

const redeem = (requestId: string, lifeMs: number): Draft => {
  return (nowMs) => ({ kind: "redeem", input: { requestId, expiresAtMs: nowMs + lifeMs }, nowMs });
};
const renew = (requestIds: string[], lifeMs: number): Draft => {
  return (nowMs) => ({ kind: "renew", input: { requestIds, expiresAtMs: nowMs + lifeMs }, nowMs });
};
const settle = (requestId: string, used: number): Draft => {
  const receipt = { usage: '{"a":"\\u0000"}', supplier: "s", model: null, timing: null, dropped: null };
  return (nowMs) => ({ kind: "settle", input: { requestId, tokens: used, ...receipt }, nowMs });
};
const release = (requestId: string): Draft => {
  return (nowMs, number) => ({ kind: "release", input: { requestId, reason: `for ${number}` }, nowMs });
};
const expire = (aheadMs: number, limit: number): Draft => {
  return (nowMs) => ({ kind: "expire", input: { limit }, nowMs: nowMs + aheadMs });
};
const balance = (accountId: string, instrument: string): Draft => {
  return (nowMs) => ({ kind: "balance", input: { accountId, instrument }, nowMs });
};
const balances =
  (accountId: string): Draft =>
  (nowMs) => ({ kind: "balances", input: { accountId }, nowMs });

/** Each with the milliseconds that have gone by since the one before. */
const histories = fc.array(
  fc.array(fc.tuple(drafts, oneOf(0, 0, 0, 1, 5, 30, -4)), { minLength: 1, maxLength: 16, size: "max" }),
  { minLength: 1, maxLength: 8, size: "max" },
);

type History = [Draft, number][][];

/** The same commands each time. */
function groupsOf(history: History): Command[][] {
  let nowMs = START_MS;
  let number = 0;
  return history.map((group) =>
    group.map(([draft, pauseMs]) => {
      nowMs += pauseMs;
      return draft(nowMs, number++);
    }),
  );
}

/** Not by way of the queue, which would try a group that fails again in parts. */
function ask(database: Database, group: readonly Command[]): Answer[] {
  return database.commit(carryOut(group));
}

const SETTING: Command[] = [
  ...["ada", "bob", "closed"].map(open),
  deposit(["closed", "text", 50, null, null])(START_MS, -1),
  { kind: "close-account", input: { accountId: "closed" }, nowMs: START_MS },
];

const TABLES = ["balance", "lot", "hold", "draw", "movement", "idempotency"];

function tablesOf(file: string): unknown {
  const database = new DatabaseSync(file, { readOnly: true });
  const tables = TABLES.map((table) => database.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).all());
  database.close();
  return tables;
}

test("as a set, and one after the other", { timeout: 60_000 }, () => {
  const property = fc.property(histories, (history) => {
    const [together, alone] = [freshFile(), freshFile()];
    const [first, second] = [openDatabase(together, 0), openDatabase(alone, 0)];
    for (const command of SETTING) for (const database of [first, second]) ask(database, [command]);
    for (const group of groupsOf(history)) {
      const want = group.flatMap((command) => ask(second, [command]));
      for (const [place, answer] of ask(first, group).entries()) {
        expect(answer, `${place}: ${JSON.stringify(group)}`).toEqual(want[place]);
      }
    }
    expect(ask(first, [{ kind: "audit", input: {}, nowMs: START_MS }])).toEqual([{ outcome: [] }]);
    for (const database of [first, second]) database.close();
    expect(tablesOf(together)).toEqual(tablesOf(alone));
  });
  fc.assert(property, { numRuns: 150 });
});
