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
import type { Statement, Value } from "../src/transactions/statement.ts";
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
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { freq: 2 });
const oneOf = <T>(...values: T[]) => fc.constantFrom(...values);

type Draft = (nowMs: number, number: number) => Command;

const drafts: fc.Arbitrary<Draft> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.tuple(accounts, instruments, tokens(20), maybe(life), maybe(oneOf("a", "b", "c"))).map(deposit),
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
        maybe(oneOf("k", "l")),
        oneOf("x", "x", "y"),
        maybe(oneOf(2, 4, 9)),
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

/** Does the same on two databases, in groups on one, each command alone on the other; gives the answers. */
function compare(groups: readonly Command[][]): Answer[][] {
  const [together, alone] = [freshFile(), freshFile()];
  const [first, second] = [openDatabase(together, 0), openDatabase(alone, 0)];
  for (const command of SETTING) for (const database of [first, second]) ask(database, [command]);
  const all = groups.map((group) => {
    const want = group.flatMap((command) => ask(second, [command]));
    const got = ask(first, group);
    for (const [place, answer] of got.entries())
      expect(answer, `${place}: ${JSON.stringify(group)}`).toEqual(want[place]);
    return got;
  });
  expect(ask(first, [{ kind: "audit", input: {}, nowMs: START_MS }])).toEqual([{ outcome: [] }]);
  for (const database of [first, second]) database.close();
  expect(tablesOf(together)).toEqual(tablesOf(alone));
  return all;
}

test("as a set, and one after the other", () => {
  fc.assert(
    fc.property(histories, (history) => void compare(groupsOf(history))),
    { numRuns: 60 },
  );
});

const at = (laterMs: number, ...those: Draft[]): Command[] =>
  those.map((draft, place) => draft(START_MS + laterMs, laterMs * 100 + place));
const bare = (requestId: string, amount: number, lifeMs: number) =>
  hold(["ada", "text", requestId, amount - 1, lifeMs, null, "x", null]);

test("a lot that is over in the turn in which it was deposited is kept for older holds", () => {
  const before = at(0, deposit(["ada", "text", 19, null, null]), bare("r1", 15, 40));
  const [, group] = compare([
    before,
    [...at(1, deposit(["ada", "text", 9, 5, null])), ...at(6, balance("ada", "text"))],
  ]);
  expect(group?.at(-1)).toMatchObject({ outcome: { held: 15, available: 15, lapsed: 0 } });
});

test("sweeps of one turn each find their own", () => {
  const before = at(0, deposit(["ada", "text", 19, null, null]), bare("r1", 2, 4), bare("r2", 3, 5), bare("r3", 4, 9));
  const [, group] = compare([
    before,
    at(1, redeem("r1", 30), expire(5, 1), expire(5, 1), balance("ada", "text"), expire(9, 256)),
  ]);
  expect(group?.slice(1)).toMatchObject([{ outcome: 1 }, { outcome: 0 }, { outcome: { held: 6 } }, { outcome: 1 }]);
});

test("two sweeps with a limit end two holds", () => {
  const before = at(0, deposit(["ada", "text", 19, null, null]), bare("r1", 2, 4), bare("r2", 3, 5));
  const [, group] = compare([before, at(5, expire(0, 1), expire(0, 1), expire(0, 1))]);
  expect(group).toEqual([{ outcome: 1 }, { outcome: 1 }, { outcome: 0 }]);
});

test("a settlement draws from as many lots as it needs, deposited before or with it, in their order", () => {
  const lots = (...lives: (number | null)[]) => lives.map((lifeMs) => deposit(["ada", "text", 9, lifeMs, null]));
  const before = at(0, ...lots(null, 50, 30, null), bare("r1", 25, 40));
  const [, group] = compare([before, at(1, ...lots(35, null), settle("r1", 60))]);
  const settled = group?.at(-1) as { outcome: { draws: { lotId: string }[] } };
  expect(settled.outcome).toMatchObject({ tokensSettled: 60, overrun: 0 });
  expect(settled.outcome.draws.map(({ lotId }) => lotId)).toEqual(["lot2", "lot100", "lot1", "lot0", "lot3", "lot101"]);
});

test("a mark that passes from request to request in one turn", () => {
  const marked = (requestId: string) => hold(["ada", "text", requestId, 3, 40, "k", "x", null]);
  const before = at(0, deposit(["ada", "text", 19, null, null]), marked("r1"));
  const [, group] = compare([
    before,
    at(1, balances("ada"), marked("r2"), marked("r3"), redeem("r3", 50), marked("r4")),
  ]);
  expect(group?.at(-1)).toEqual({ outcome: { kind: "repeated", requestId: "r3", of: "running" } });
});

/** What SQLite says it will do for a statement. Inserting looks through no table unless a reference is already broken. */
function planOf(database: DatabaseSync, { text, values }: Statement): string {
  const spelt = text.replaceAll("$", "?");
  if (spelt.trimStart().startsWith("INSERT")) return "";
  const steps = database
    .prepare(`EXPLAIN QUERY PLAN ${spelt}`)
    .all(...values.map((value) => (Array.isArray(value) ? JSON.stringify(value) : (value as Value))));
  return steps.map(({ detail }) => detail).join(" | ");
}

test("no statement reads a whole table", () => {
  const file = freshFile();
  openDatabase(file, 0).close();
  const database = new DatabaseSync(file);
  const more = [
    redeem("r1", 9),
    renew(["r2"], 9),
    release("r3"),
    settle("r4", 5),
    balance("bob", "code"),
    balances("ada"),
  ];
  const limited = hold(["ada", "text", "r5", 3, 9, "k", "x", 4]);
  const named = deposit(["ada", "text", 3, 9, "a"]);
  const plans: string[] = [];
  for (const group of [at(0, expire(0, 9), limited, named, ...more), at(0, limited), at(0, settle("r1", 3))]) {
    const run = carryOut(group);
    for (let step = run.next(); !step.done; step = run.next(step.value.map(() => []))) {
      plans.push(...step.value.map((statement) => planOf(database, statement)));
    }
  }
  database.close();
  expect(plans.length).toBeGreaterThan(12);
  expect(
    plans.filter((plan) => /SCAN (account|balance|lot|hold|draw|movement|idempotency)\b(?! USING)/.test(plan)),
  ).toEqual([]);
});
