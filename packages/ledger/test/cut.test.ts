/**
 * Goal: wherever a connection is lost, each caller is told the truth: what was acknowledged is in the books, what is said not to
 * have been done is not, and only a commit may be unknown. Method: bursts of all that a group is made of, on a wire that is
 * cut after a random number of bytes; then the books are read by another way.
 */

import { type Ledger, type LedgerUnavailable, openLedger } from "@interchange/ledger";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { wireTo } from "./proxy.ts";
import { lifeFrom, START_MS } from "./sample.ts";
import { freshDatabase } from "./server.ts";

const PLACE = { accountId: "ada", instrument: "text" };

type Told = "done" | "not done" | "not known";

type Asked = { told: Promise<Told>; isDone: () => Promise<boolean> };

/** What a burst asks for: each can be looked for afterwards. */
function burst(wired: Ledger, books: Ledger, round: number): Asked[] {
  const old = Array.from({ length: 4 }, (_, i) => `old${round}-${i}`);
  const fresh = Array.from({ length: 12 }, (_, i) => `new${round}-${i}`);
  const reference = `lot${round}`;
  return [
    ...fresh.map((requestId) => ({ told: toldOf(take(wired, requestId)), isDone: () => isIn(books, requestId) })),
    ...old.map((requestId) => ({
      told: toldOf(wired.settle({ requestId, tokens: 3 })),
      isDone: async () => (await books.receipt(requestId))?.status === "reconciled",
    })),
    {
      told: toldOf(wired.deposit({ ...PLACE, tokens: 5, costMicros: 0, reference })),
      isDone: async () => (await books.lots("ada", { limit: 100 })).data.some((lot) => lot.reference === reference),
    },
    {
      told: toldOf(wired.openAccount({ id: `account${round}`, name: "Bob" })),
      isDone: async () => (await books.account(`account${round}`)) !== undefined,
    },
  ];
}

const take = (ledger: Ledger, requestId: string) =>
  ledger.hold({ requestId, ...PLACE, tokens: 5, expiresAtMs: lifeFrom(START_MS) });

const isIn = async (books: Ledger, requestId: string): Promise<boolean> =>
  (await books.receipt(requestId)) !== undefined;

async function toldOf(asked: Promise<unknown>): Promise<Told> {
  try {
    await asked;
    return "done";
  } catch (error) {
    const { name, message } = error as LedgerUnavailable;
    expect(name).toBe("LedgerUnavailable");
    if (message.includes("nothing was done")) return "not done";
    expect(message).toContain("is not known");
    return "not known";
  }
}

/** Anywhere, and of the few bytes around a commit each. */
const cuts = fc.oneof(
  fc.record({ bytes: fc.integer({ min: 0, max: 14_000 }), words: fc.constant("") }),
  fc.record({ bytes: fc.integer({ min: 0, max: 40 }), words: fc.constant("COMMIT") }),
);

test("a connection that is cut after any number of bytes", async () => {
  const url = await freshDatabase();
  const wire = await wireTo(url);
  const open = (way: string): Promise<Ledger> => openLedger({ url: way, clock: () => START_MS, timeoutMs: 2_000 });
  const [books, wired] = await Promise.all([open(url), open(wire.url)]);
  onTestFinished(async () => void (await Promise.all([books.close(), wired.close()])));
  await books.openAccount({ id: "ada", name: "Ada" });
  await books.deposit({ ...PLACE, tokens: 1_000_000, costMicros: 0 });
  const all: Told[] = [];
  let round = 0;

  const play = async ({ bytes, words }: { bytes: number; words: string }): Promise<void> => {
    round++;
    await Promise.all(Array.from({ length: 4 }, (_, i) => take(books, `old${round}-${i}`)));
    await expect.poll(() => wired.ping().then(() => "served", String), { interval: 20 }).toBe("served");
    wire.cutAfterBytes(bytes, words);
    const asked = burst(wired, books, round);
    const told = await Promise.all(asked.map((one) => one.told));
    wire.cutAfterBytes(Number.POSITIVE_INFINITY);
    const isDone = await Promise.all(asked.map((one) => one.isDone()));
    for (const [i, word] of told.entries()) if (word !== "not known") expect(isDone[i], word).toBe(word === "done");
    expect(await books.audit()).toEqual([]);
    all.push(...told);
  };
  await fc.assert(fc.asyncProperty(cuts, play), { numRuns: 40, seed: 4, endOnFailure: true });
  expect(new Set(all)).toEqual(new Set(["done", "not done", "not known"]));
});
