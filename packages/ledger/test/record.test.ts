/**
 * Goal: a record is kept version by version, of each the right one is in effect at any time, and whoever follows what is
 * written misses nothing. Method: rules one by one, then random puts beside a model.
 */

import { DatabaseSync } from "node:sqlite";
import { type Ledger, LedgerUnavailable, openLedger, type RecordPut, type StoredRecord } from "@interchange/ledger";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { RECORD_LENGTH_MAX, RECORD_NAME_LENGTH_MAX } from "../src/record.ts";
import { ENGINES } from "./engines.ts";
import { pagesOf } from "./pages.ts";
import { RecordModel, toldOf, unnumbered } from "./record-model.ts";
import { START_MS } from "./sample.ts";
import { query } from "./server.ts";

const DAY_MS = 86_400_000;

async function put(ledger: Ledger, name: string, more: Partial<RecordPut> = {}): Promise<StoredRecord> {
  const outcome = await ledger.putRecord({ name, document: {}, ...more });
  if (outcome.kind !== "put") throw new Error(outcome.kind);
  return outcome.record;
}

const versionsOf = (records: readonly StoredRecord[]): number[] => records.map(({ version }) => version);

const namesOf = (records: readonly StoredRecord[]): string[] => records.map(({ name }) => name);

/** As a file or schema was before there were records: the books stand, and nothing knows of records. */
const BEFORE_RECORDS: Record<string, (place: string) => Promise<unknown>> = {
  sqlite: async (file) => {
    const database = new DatabaseSync(file);
    database.exec("DROP TABLE record; DROP TABLE last_record; PRAGMA user_version = 101");
    database.close();
  },
  postgres: (url) =>
    query(
      url,
      `DROP TABLE record; DROP TABLE last_record; DROP FUNCTION notify_of_records;
       DELETE FROM schema_version; INSERT INTO schema_version (version) VALUES (1)`,
    ),
};

describe.each(ENGINES)("on $name", ({ name: engine, openSample, openThreaded, freshPlace, optionsAt, runs }) => {
  test.each<[string, unknown]>([
    ["a record", { a: [1, 0.5, null, { b: "ü" }], c: true }],
    ["a text with what arrays and JSON quote", `{"\\',}`],
    ["an empty text", ""],
    ["a NUL and a lone surrogate", { "\0": "\0\ud800" }],
    ["null", null],
    ["the word null", "NULL"],
    ["the longest", "a".repeat(RECORD_LENGTH_MAX - 2)],
  ])("%s comes back as it was put", async (_, document) => {
    const { ledger } = await openSample();
    const record = await put(ledger, "supplier/cirrus", { document, author: "config" });
    const times = { effectiveAtMs: START_MS, createdAtMs: START_MS };
    expect(record).toEqual({ seq: 1, name: "supplier/cirrus", version: 1, document, author: "config", ...times });
    expect(await ledger.record("supplier/cirrus")).toEqual(record);
    expect(await ledger.recordsSince(0, 1)).toEqual([record]);
    expect(await ledger.recordsInEffect()).toEqual([record]);
    expect(await ledger.recordVersions("supplier/cirrus", { limit: 1 })).toEqual({ data: [record] });
  });

  test("versions are kept, newest first, and nothing is made up of an unknown name", async () => {
    const { ledger, clock } = await openSample();
    for (const turn of [1, 2, 3, 4, 5]) {
      clock.nowMs = START_MS + turn;
      await put(ledger, "a", { document: { turn } });
      await put(ledger, "b");
    }
    const pages = await pagesOf((page) => ledger.recordVersions("a", page), 2);
    expect(pages.map(versionsOf)).toEqual([[5, 4], [3, 2], [1]]);
    expect(pages[2]?.[0]).toMatchObject({ document: { turn: 1 }, createdAtMs: START_MS + 1 });
    expect(pages[2]?.[0]).not.toHaveProperty("author");
    expect(await ledger.record("c")).toBeUndefined();
    expect(await ledger.recordVersions("c", { limit: 1 })).toEqual({ data: [] });
  });

  test.each<[string, number[], Record<number, number[]>]>([
    ["the newest is in effect", [0, 0, 0], { 0: [3] }],
    ["what is to come is told beside it", [0, 2, 5], { 0: [1, 2, 3], 1: [1, 2, 3], 2: [2, 3], 4: [2, 3], 5: [3] }],
    ["what is written now puts off what was scheduled", [0, 5, 0], { 0: [3], 5: [3] }],
    ["of two scheduled ones the newer may come first", [0, 5, 2], { 0: [1, 3], 2: [3], 5: [3] }],
    ["of two scheduled for one instant the newer comes", [0, 3, 3], { 2: [1, 3], 3: [3] }],
    ["nothing may be in effect yet", [2, 4], { 0: [1, 2], 2: [1, 2], 4: [2] }],
    ["what is dated back counts from now on", [0, -5], { 0: [2] }],
  ])("%s", async (_, days, want) => {
    const { ledger, clock } = await openSample();
    const other = await put(ledger, "other");
    for (const day of days) await put(ledger, "a", { effectiveAtMs: START_MS + day * DAY_MS });
    for (const [day, versions] of Object.entries(want)) {
      clock.nowMs = START_MS + Number(day) * DAY_MS;
      const [first, ...rest] = await ledger.recordsInEffect();
      expect(first, `day ${day}`).toEqual(other);
      expect(versionsOf(rest), `day ${day}`).toEqual(versions);
      clock.nowMs--;
      const before = versionsOf(await ledger.recordsInEffect("a"));
      if (versions.length > 1) expect(before, `just before day ${day}`).toEqual(expect.arrayContaining(versions));
    }
    expect((await ledger.record("a"))?.version).toBe(days.length);
    expect((await ledger.recordVersions("a", { limit: 100 })).data).toHaveLength(days.length);
  });

  test.each<[prefix: string, want: string[]]>([
    ["offer/", ["offer/b", "offer/B", "offer/a%c"]],
    ["offer/b", ["offer/b"]],
    ["offer/a%", ["offer/a%c"]],
    ["offer/_", []],
    ["😀", ["😀ü"]],
    ["", ["offer/b", "offer/B", "offer/a%c", "offers", "😀ü"]],
  ])("of names with the prefix %j alone", async (prefix, want) => {
    const { ledger } = await openSample();
    for (const name of ["offer/b", "offer/B", "offer/a%c", "offers", "😀ü"]) await put(ledger, name);
    expect(namesOf(await ledger.recordsInEffect(prefix))).toEqual(want);
  });

  test("who expects another version than the newest is told it, and nothing is written", async () => {
    const { ledger } = await openSample();
    const asked = async (expects: number) => ledger.putRecord({ name: "a", document: expects, expects });
    expect(await asked(1)).toEqual({ kind: "outdated", version: 0 });
    expect(await asked(0)).toMatchObject({ kind: "put", record: { version: 1 } });
    expect(await asked(0)).toEqual({ kind: "outdated", version: 1 });
    expect(await asked(2)).toEqual({ kind: "outdated", version: 1 });
    expect(await asked(1)).toMatchObject({ kind: "put", record: { version: 2, document: 1 } });
    expect((await ledger.recordsSince(0, 10)).map(({ document }) => document)).toEqual([0, 1]);
  });

  test("of all who expect the same at once one writes", async () => {
    const place = await freshPlace();
    const ledgers = [(await openThreaded(place)).ledger, (await openThreaded(place)).ledger];
    for (let expects = 0; expects < 10; expects++) {
      const asked = [0, 1, 2].flatMap(() =>
        ledgers.map((ledger) => ledger.putRecord({ name: "a", document: 1, expects })),
      );
      const outcomes = await Promise.all(asked);
      expect(outcomes.filter(({ kind }) => kind === "put")).toHaveLength(1);
      const others = outcomes.filter(({ kind }) => kind !== "put");
      expect(others).toEqual(Array.from({ length: 5 }, () => ({ kind: "outdated", version: expects + 1 })));
    }
    expect(versionsOf((await ledgers[0]?.recordVersions("a", { limit: 100 }))?.data ?? [])).toEqual([
      10, 9, 8, 7, 6, 5, 4, 3, 2, 1,
    ]);
  });

  test("without a history the newest is kept, and what is in effect until it is", async () => {
    const { ledger, clock } = await openSample();
    const versions = async () => versionsOf((await ledger.recordVersions("a", { limit: 100 })).data);
    await put(ledger, "b");
    for (const _ of [1, 2, 3]) await put(ledger, "a");
    expect(await versions()).toEqual([3, 2, 1]);
    await put(ledger, "a", { history: false });
    expect(await versions()).toEqual([4]);
    await put(ledger, "a", { history: false, effectiveAtMs: START_MS + 1 });
    expect(await versions()).toEqual([5, 4]);
    expect(versionsOf(await ledger.recordsInEffect("a"))).toEqual([4, 5]);
    clock.nowMs++;
    const last = await put(ledger, "a", { history: false });
    expect(await versions()).toEqual([6]);
    expect(await ledger.recordsSince(1, 10)).toEqual([last]);
    expect(namesOf(await ledger.recordsSince(0, 10))).toEqual(["b", "a"]);
  });

  test("whoever follows in small steps sees all, in order", async () => {
    const { ledger } = await openSample();
    await Promise.all(Array.from({ length: 25 }, (_, i) => put(ledger, `n${i}`)));
    const seen: StoredRecord[] = [];
    for (;;) {
      const step = await ledger.recordsSince(seen.at(-1)?.seq ?? 0, 4);
      if (step.length === 0) break;
      seen.push(...step);
    }
    expect(namesOf(seen)).toEqual(Array.from({ length: 25 }, (_, i) => `n${i}`));
    expect(seen).toEqual(await ledger.recordsInEffect());
  });

  const puts = fc.record(
    {
      name: fc.constantFrom("a", "ab", "b"),
      document: fc.integer(),
      effectiveAtMs: fc.integer({ min: START_MS - 3, max: START_MS + 40 }),
      author: fc.constant("ada"),
      expects: fc.integer({ min: 0, max: 4 }),
      history: fc.boolean(),
    },
    { requiredKeys: ["name", "document"] },
  );
  const bursts = fc.array(fc.array(puts, { maxLength: 6 }), { minLength: 1, maxLength: 8 });

  test("any puts, alone or many at once, do what the model does", async () => {
    const { ledger, clock } = await openSample();
    let run = 0;
    const play = async (given: RecordPut[][]): Promise<void> => {
      const prefix = `${++run}/`;
      const model = new RecordModel();
      const start = (await ledger.recordsInEffect()).at(-1)?.seq ?? 0;
      clock.nowMs = START_MS;
      for (const some of given) {
        const burst = some.map((one) => ({ ...one, name: `${prefix}${one.name}` }));
        const outcomes = await Promise.all(burst.map((one) => ledger.putRecord(one)));
        expect(outcomes.map(toldOf)).toEqual(burst.map((one) => model.put(one, clock.nowMs)));
        const since = await ledger.recordsSince(start, 1_000);
        expect(since.map(unnumbered)).toEqual(model.all());
        expect(since.map(({ seq }) => seq)).toEqual(
          [...new Set(since.map(({ seq }) => seq))].toSorted((a, b) => a - b),
        );
        for (const _ of [1, 2]) {
          expect((await ledger.recordsInEffect(prefix)).map(unnumbered)).toEqual(model.inEffect(clock.nowMs));
          clock.nowMs += 5;
        }
        const newest = await ledger.record(`${prefix}a`);
        expect(newest && unnumbered(newest)).toEqual(model.newest(`${prefix}a`));
      }
    };
    await fc.assert(fc.asyncProperty(bursts, play), { numRuns: runs });
  });

  test("ten thousand at once are put in a moment", async () => {
    const { ledger } = await openThreaded();
    const document = {
      instrument: "text-prime",
      ask: "0.400000",
      features: ["tools", "images"],
      about: "x".repeat(300),
    };
    const names = Array.from({ length: 10_000 }, (_, i) => `offer/cirrus.text-${i}.messages`);
    for (const expects of [0, 1]) {
      const start = performance.now();
      const outcomes = await Promise.all(names.map((name) => ledger.putRecord({ name, document, expects })));
      expect(performance.now() - start).toBeLessThan(5_000);
      expect(outcomes.filter(({ kind }) => kind === "put")).toHaveLength(10_000);
    }
    const inEffect = await ledger.recordsInEffect("offer/");
    expect(namesOf(inEffect)).toEqual(names);
    expect(new Set(versionsOf(inEffect))).toEqual(new Set([2]));
  });

  test("whoever listens hears once of all that is put together, and no more when he has stopped", async () => {
    const { ledger } = await openThreaded();
    const heard = { one: 0, two: 0 };
    const stop = ledger.onRecords(() => heard.one++);
    const listener = (): number => heard.two++;
    const stopTwo = ledger.onRecords(listener);
    onTestFinished(ledger.onRecords(listener));
    await Promise.all(Array.from({ length: 20 }, (_, i) => put(ledger, `n${i}`)));
    await expect.poll(() => heard.one).toBeGreaterThan(0);
    expect(heard.one).toBeLessThan(5);
    expect(heard.two).toBe(2 * heard.one);
    stop();
    stopTwo();
    const before = { ...heard };
    await put(ledger, "a");
    await expect.poll(() => heard.two).toBeGreaterThan(before.two);
    expect(heard.one).toBe(before.one);
  });

  test("they are there after a start, and their numbers go on", async () => {
    const { ledger, place } = await openThreaded(await freshPlace());
    const first = await put(ledger, "a", { history: false });
    const last = await put(ledger, "a", { history: false });
    await ledger.close();
    await expect(ledger.putRecord({ name: "a", document: 1 })).rejects.toThrow(LedgerUnavailable);
    await expect(ledger.recordsInEffect()).rejects.toThrow(LedgerUnavailable);
    const { ledger: again } = await openThreaded(place);
    expect(await again.recordsInEffect()).toEqual([last]);
    expect((await put(again, "a")).seq).toBeGreaterThan(last.seq);
    expect(last.seq).toBeGreaterThan(first.seq);
  });

  test("books of before there were records are taken over as they are", async () => {
    const place = await freshPlace();
    const old = await openLedger({ ...optionsAt(place), clock: () => START_MS });
    await old.openAccount({ id: "ada", name: "Ada" });
    await old.deposit({ accountId: "ada", instrument: "text", tokens: 7, costMicros: 7 });
    const totals = await old.totals();
    await old.close();
    await BEFORE_RECORDS[engine]?.(place);
    const ledger = await openLedger({ ...optionsAt(place), clock: () => START_MS });
    onTestFinished(() => ledger.close());
    expect(await ledger.totals()).toEqual(totals);
    expect(await ledger.audit()).toEqual([]);
    let heard = 0;
    ledger.onRecords(() => heard++);
    expect(await ledger.recordsInEffect()).toEqual([]);
    expect(await put(ledger, "a")).toMatchObject({ seq: 1, version: 1 });
    await expect.poll(() => heard).toBeGreaterThan(0);
  });

  const circle: unknown[] = [];
  circle.push(circle);

  test.each<[string, object]>([
    ["no name", { name: "" }],
    ["a name of no text", { name: 7 }],
    ["a long name", { name: "n".repeat(RECORD_NAME_LENGTH_MAX + 1) }],
    ["a name with a NUL", { name: "a\0" }],
    ["a name with half a sign", { name: "\ud800" }],
    ["nothing", { document: undefined }],
    ["a function", { document: () => 1 }],
    ["a circle", { document: circle }],
    ["a bigint", { document: 1n }],
    ["too much", { document: "a".repeat(RECORD_LENGTH_MAX - 1) }],
    ["half a millisecond", { effectiveAtMs: 0.5 }],
    ["an instant before 1970", { effectiveAtMs: -1 }],
    ["an instant that never comes", { effectiveAtMs: Number.MAX_SAFE_INTEGER }],
    ["an author without a name", { author: "" }],
    ["a negative version", { expects: -1 }],
    ["a version of text", { expects: "1" }],
    ["a history of another kind", { history: "no" }],
  ])("not put: %s", async (_, wrong) => {
    const { ledger } = await openSample();
    const putting = ledger.putRecord({ name: "n", document: 1, ...wrong } as RecordPut);
    await expect(putting).rejects.toMatchObject({ name: "LedgerError", code: "bad-input" });
    expect(await ledger.recordsSince(0, 1)).toEqual([]);
  });

  test.each<[string, (ledger: Ledger) => Promise<unknown>]>([
    ["a name of no text", (ledger) => ledger.record(7 as never)],
    ["a long name", (ledger) => ledger.record("n".repeat(RECORD_NAME_LENGTH_MAX + 1))],
    ["versions of no name", (ledger) => ledger.recordVersions("", { limit: 1 })],
    ["no version", (ledger) => ledger.recordVersions("a", { limit: 0 })],
    ["a prefix of no text", (ledger) => ledger.recordsInEffect(7 as never)],
    ["a prefix with a NUL", (ledger) => ledger.recordsInEffect("\0")],
    ["what comes after half of one", (ledger) => ledger.recordsSince(0.5, 1)],
    ["what comes after less than none", (ledger) => ledger.recordsSince(-1, 1)],
    ["none", (ledger) => ledger.recordsSince(0, 0)],
    ["too many", (ledger) => ledger.recordsSince(0, 1_001)],
  ])("not read: %s", async (_, read) => {
    const { ledger } = await openSample();
    await expect(read(ledger)).rejects.toMatchObject({ name: "LedgerError", code: "bad-input" });
  });

  test("the longest names and the farthest instant are taken", async () => {
    const { ledger } = await openSample();
    const name = "n".repeat(RECORD_NAME_LENGTH_MAX);
    const record = await put(ledger, name, { effectiveAtMs: Number.MAX_SAFE_INTEGER - 1 });
    expect(await ledger.recordsInEffect(name)).toEqual([record]);
    expect(await ledger.recordsSince(0, 1_000)).toEqual([record]);
  });
});
