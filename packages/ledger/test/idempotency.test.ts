/** Goal: what a caller has marked is held, run and paid once. */

import type { HoldOutcome } from "@interchange/ledger";
import { describe, expect, test } from "vitest";
import { IDEMPOTENCY_LIFE_MS } from "../src/hold.ts";
import { ENGINES } from "./engines.ts";
import { lifeFrom } from "./sample.ts";

describe.each(ENGINES)("on $name", ({ openFunded }) => {
  async function openMarked() {
    const sample = await openFunded(100);
    const { ledger, account, clock } = sample;
    const hold = (requestId: string, mark: Partial<{ key: string; bodyDigest: string }> = {}): Promise<HoldOutcome> =>
      ledger.hold({
        requestId,
        accountId: account.id,
        instrument: "text",
        tokens: 10,
        expiresAtMs: lifeFrom(clock.nowMs),
        idempotency: { key: "k", bodyDigest: "d", ...mark },
      });
    const redeem = (requestId: string) => ledger.redeem({ requestId, expiresAtMs: lifeFrom(clock.nowMs) });
    expect(await hold("r1")).toMatchObject({ kind: "held" });
    return { ...sample, hold, redeem, held: async () => (await ledger.balance(account.id, "text")).held };
  }

  describe("the same key and body", () => {
    test("while nobody has redeemed the first: it makes way", async () => {
      const { hold, held, redeem } = await openMarked();
      expect(await hold("r2")).toMatchObject({ kind: "held", hold: { requestId: "r2" } });
      expect(await held()).toBe(10);
      expect(await redeem("r1")).toEqual({ kind: "spent" });
      expect(await redeem("r2")).toMatchObject({ kind: "redeemed" });
    });

    test("while the first runs", async () => {
      const { hold, held, redeem } = await openMarked();
      await redeem("r1");
      expect(await hold("r2")).toEqual({ kind: "repeated", requestId: "r1", of: "running" });
      expect(await held()).toBe(10);
    });

    test("when the first is settled", async () => {
      const { hold, ledger, held } = await openMarked();
      await ledger.settle({ requestId: "r1", tokens: 3 });
      expect(await hold("r2")).toEqual({ kind: "repeated", requestId: "r1", of: "finished" });
      expect(await held()).toBe(0);
    });

    test("when the first came to nothing: it is asked anew", async () => {
      const { hold, ledger } = await openMarked();
      await ledger.release({ requestId: "r1", reason: "the supplier failed" });
      expect(await hold("r2")).toMatchObject({ kind: "held" });
    });

    test("at the same time: one is held, the others make way for it", async () => {
      const { hold, held } = await openMarked();
      await Promise.all(["r2", "r3", "r4"].map((requestId) => hold(requestId)));
      expect(await held()).toBe(10);
    });

    test("a day later: it is forgotten", async () => {
      const { hold, ledger, clock } = await openMarked();
      await ledger.settle({ requestId: "r1", tokens: 3 });
      clock.nowMs += IDEMPOTENCY_LIFE_MS - 1;
      await ledger.expire(clock.nowMs);
      expect(await hold("r2")).toMatchObject({ kind: "repeated" });
      clock.nowMs += 1;
      await ledger.expire(clock.nowMs);
      expect(await hold("r3")).toMatchObject({ kind: "held" });
    });
  });

  test("another body is refused, whatever became of the first", async () => {
    const { hold, ledger } = await openMarked();
    const another = { kind: "repeated", requestId: "r1", of: "another-body" };
    expect(await hold("r2", { bodyDigest: "e" })).toEqual(another);
    await ledger.release({ requestId: "r1", reason: "no" });
    expect(await hold("r3", { bodyDigest: "e" })).toEqual(another);
  });

  test("another account's key is another key", async () => {
    const { ledger, clock } = await openMarked();
    const other = await ledger.openAccount({ name: "Bob" });
    await ledger.deposit({ accountId: other.id, instrument: "text", tokens: 10, costMicros: 0 });
    const hold = await ledger.hold({
      requestId: "r2",
      accountId: other.id,
      instrument: "text",
      tokens: 10,
      expiresAtMs: lifeFrom(clock.nowMs),
      idempotency: { key: "k", bodyDigest: "e" },
    });
    expect(hold).toMatchObject({ kind: "held" });
  });

  test("a hold that begins at once is born redeemed", async () => {
    const { ledger, account, clock } = await openFunded(100);
    const hold = await ledger.hold({
      requestId: "r1",
      accountId: account.id,
      instrument: "text",
      tokens: 10,
      expiresAtMs: lifeFrom(clock.nowMs),
      begun: true,
    });
    expect(hold).toMatchObject({ kind: "held", hold: { state: "redeemed", redeemedAtMs: clock.nowMs } });
    expect(await ledger.redeem({ requestId: "r1", expiresAtMs: lifeFrom(clock.nowMs) })).toEqual({ kind: "spent" });
    expect(await ledger.audit()).toEqual([]);
  });
});
