/**
 * Goal: two ledgers on the same books, as two gateways have them, never do together what one would not. Method: both are asked
 * for what gets in each other's way, at once and many times; where no lock orders it, a key or a count of rows must.
 */

import { type HoldOutcome, type Ledger, openLedger } from "@interchange/ledger";
import { describe, expect, onTestFinished, test } from "vitest";
import { ENGINES } from "./engines.ts";
import { lifeFrom, START_MS } from "./sample.ts";

const ROUNDS = Array.from({ length: 12 }, (_, round) => round);

const outcomeOf = (error: unknown): unknown => (error as { code?: string }).code ?? error;

describe.each(ENGINES)("on $name", ({ freshPlace, optionsAt }) => {
  async function openTwo(tokens = 1_000): Promise<[Ledger, Ledger]> {
    const options = { ...optionsAt(await freshPlace()), clock: () => START_MS };
    const two: [Ledger, Ledger] = [await openLedger(options), await openLedger(options)];
    for (const ledger of two) onTestFinished(() => ledger.close());
    await two[0].openAccount({ id: "ada", name: "Ada" });
    for (const instrument of ["text", "code"]) {
      await two[0].deposit({ accountId: "ada", instrument, tokens, costMicros: 0 });
    }
    return two;
  }

  const hold = (ledger: Ledger, requestId: string, instrument: string, more: object = {}): Promise<HoldOutcome> =>
    ledger.hold({ requestId, accountId: "ada", instrument, tokens: 1, expiresAtMs: lifeFrom(START_MS), ...more });

  test("the same request id in two instruments is held once", async () => {
    const [one, other] = await openTwo();
    for (const round of ROUNDS) {
      const both = [hold(one, `r${round}`, "text"), hold(other, `r${round}`, "code")];
      const outcomes = await Promise.all(both.map((asked) => asked.then(({ kind }) => kind, outcomeOf)));
      expect(outcomes.toSorted()).toEqual(["conflict", "held"]);
    }
    expect(await one.totals()).toMatchObject({ held: ROUNDS.length });
    expect(await one.audit()).toEqual([]);
  });

  test("the same idempotency key in two instruments runs once", async () => {
    const [one, other] = await openTwo();
    for (const round of ROUNDS) {
      const more = { begun: true, idempotency: { key: `k${round}`, bodyDigest: "d" } };
      const both = [hold(one, `a${round}`, "text", more), hold(other, `b${round}`, "code", more)];
      const kinds = (await Promise.all(both)).map(({ kind }) => kind);
      expect(kinds.toSorted()).toEqual(["held", "repeated"]);
    }
    expect(await one.totals()).toMatchObject({ held: ROUNDS.length });
  });

  test("a key whose first hold came to nothing is taken up once", async () => {
    const [one, other] = await openTwo();
    for (const round of ROUNDS) {
      const more = { begun: true, idempotency: { key: `k${round}`, bodyDigest: "d" } };
      await hold(one, `first${round}`, "text", more);
      await one.release({ requestId: `first${round}`, reason: "the supplier failed" });
      const both = [hold(one, `a${round}`, "text", more), hold(other, `b${round}`, "code", more)];
      const kinds = (await Promise.all(both)).map(({ kind }) => kind);
      expect(kinds.toSorted()).toEqual(["held", "repeated"]);
    }
    expect(await one.audit()).toEqual([]);
  });

  test("the first deposits of a balance all count", async () => {
    const [one, other] = await openTwo();
    for (const round of ROUNDS) {
      const deposit = { accountId: "ada", instrument: `new${round}`, tokens: 5, costMicros: 0 };
      await Promise.all([one.deposit(deposit), other.deposit(deposit), one.deposit(deposit)]);
      expect(await other.balance("ada", `new${round}`)).toMatchObject({ deposited: 15, available: 15 });
    }
    expect(await one.audit()).toEqual([]);
  });

  test("the same lot reference in two instruments deposits once", async () => {
    const [one, other] = await openTwo();
    for (const round of ROUNDS) {
      const deposit = { accountId: "ada", tokens: 5, costMicros: 0, reference: `inv${round}` };
      const both = [one.deposit({ ...deposit, instrument: "text" }), other.deposit({ ...deposit, instrument: "code" })];
      const outcomes = await Promise.all(both.map((asked) => asked.then(() => "deposited", outcomeOf)));
      expect(outcomes.toSorted()).toEqual(["conflict", "deposited"]);
    }
    expect(await one.totals()).toMatchObject({ deposited: 2_000 + 5 * ROUNDS.length });
  });

  test("a balance is never overdrawn, and a hold ends once", async () => {
    const [one, other] = await openTwo(100);
    const ids = Array.from({ length: 150 }, (_, i) => `r${i}`);
    const held = await Promise.all(ids.map((id, i) => hold(i % 2 ? one : other, id, "text")));
    expect(held.filter(({ kind }) => kind === "held")).toHaveLength(100);
    const open = ids.filter((_, i) => held[i]?.kind === "held");
    const ends = open.flatMap((requestId) => [
      one.settle({ requestId, tokens: 1 }),
      other.release({ requestId, reason: "client-left" }),
    ]);
    const kinds = (await Promise.all(ends)).map(({ kind }) => kind);
    const first = kinds.filter((_, i) => i % 2 === 0);
    expect(first).toEqual(kinds.filter((_, i) => i % 2 === 1));
    const settled = first.filter((kind) => kind === "settled").length;
    expect(await one.balance("ada", "text")).toMatchObject({ held: 0, used: settled, available: 100 - settled });
    expect(await one.audit()).toEqual([]);
  });

  test.each<[string, object, string[], number]>([
    ["of a key", { key: 3 }, ["text", "code"], 3],
    ["of an account", { account: 3 }, ["text", "code"], 3],
    ["of an account in an instrument", { instrument: 3 }, ["text", "code"], 6],
  ])("never more run than the limit %s, over all gateways", async (_, runningMax, instruments, want) => {
    const two = await openTwo();
    const asked = Array.from({ length: 24 }, (__, i) =>
      hold(two[i % 2] as Ledger, `r${i}`, instruments[(i >> 1) % 2] as string, { keyId: "k", runningMax }),
    );
    const kinds = (await Promise.all(asked)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "held")).toHaveLength(want);
    expect(new Set(kinds)).toEqual(new Set(["held", "too-many-running"]));
  });

  test("a sweep in each ends every hold once", async () => {
    const [one, other] = await openTwo();
    await Promise.all(Array.from({ length: 40 }, (_, i) => hold(one, `r${i}`, i % 2 ? "text" : "code")));
    const ended = await Promise.all([one, other, one, other].map((ledger) => ledger.expire(lifeFrom(START_MS))));
    expect(ended.reduce((sum, count) => sum + count)).toBe(40);
    expect(await one.totals()).toMatchObject({ held: 0, available: 2_000 });
    expect(await one.audit()).toEqual([]);
  });
});
