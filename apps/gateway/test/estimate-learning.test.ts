/** The estimate of a prompt learns from what was settled: rarely short, not twice the truth, and nobody's nonsense moves it far. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { NO_USAGE, type Usage } from "@interchange/inference";
import { pino } from "pino";
import { describe, expect, onTestFinished, test } from "vitest";
import { createEstimator, type Estimator } from "../src/estimate/index.ts";
import { type Noted, openNotes } from "../src/notes.ts";
import { createCalibration } from "../src/token-count/calibration.ts";
import { MEASURED, measureBy } from "../src/token-count/measure.ts";
import { ask, INSTRUMENT, QUESTIONS, startRig } from "./rig.ts";

const TEXT_BYTES = 12_000;
const used = (input: number, more: Partial<Usage> = {}): Usage => ({ ...NO_USAGE, input, output: 5, ...more });
const estimateOf = (estimator: Estimator, textBytes = TEXT_BYTES): number =>
  estimator.estimate("text", { textBytes, mediaTokens: 0 });

/** A number from 0 up to 1, the same for the same seed (mulberry32). */
function randoms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

test("starts at three bytes a token", () => {
  expect(estimateOf(createEstimator())).toBe(4_000);
});

test.each([
  ["long tokens", 4.6, 0.1],
  ["what it began with", 3, 0.1],
  ["short tokens", 1.9, 0.1],
  ["texts of many kinds", 3.8, 0.5],
])("%s: seldom short and never double, after some hundred requests", (_, bytesPerToken, spread) => {
  const estimator = createEstimator();
  const random = randoms(7);
  const seen = { short: 0, double: 0 };
  for (let count = 0; count < 3_000; count += 1) {
    const textBytes = 1_024 + Math.floor(random() * 60_000);
    const truth = Math.ceil(textBytes / (bytesPerToken * (1 + spread * (random() - 0.5))));
    const estimate = estimateOf(estimator, textBytes);
    if (count >= 500) {
      seen.short += Number(estimate < truth);
      seen.double += Number(estimate > 2 * truth);
    }
    estimator.learn("text", textBytes, used(truth));
  }
  expect(seen.short / 2_500).toBeLessThan(0.09);
  expect(seen.double).toBe(0);
});

test("cached input is input", () => {
  const [fresh, cached] = [createEstimator(), createEstimator()];
  for (let count = 0; count < 50; count += 1) {
    fresh.learn("text", TEXT_BYTES, used(6_000));
    cached.learn("text", TEXT_BYTES, used(1_000, { cacheRead: 3_000, cacheWrite5m: 1_000, cacheWrite1h: 1_000 }));
  }
  expect(estimateOf(cached)).toBe(estimateOf(fresh));
  expect(estimateOf(fresh)).toBeGreaterThan(5_000);
});

test.each<[string, number, Usage]>([
  ["what we counted ourselves", TEXT_BYTES, used(12_000, { estimated: true })],
  ["a short prompt", 1_023, used(1_000)],
  ["no input at all", TEXT_BYTES, used(0)],
  ["more tokens than the text has half bytes", TEXT_BYTES, used(24_001)],
  ["hardly any tokens", TEXT_BYTES, used(700)],
  ["a number without a bound", TEXT_BYTES, used(Number.MAX_SAFE_INTEGER)],
])("%s teaches nothing", (_, textBytes, usage) => {
  const estimator = createEstimator();
  for (let count = 0; count < 100; count += 1) estimator.learn("text", textBytes, usage);
  expect(estimateOf(estimator)).toBe(4_000);
  expect(estimator.noted.revision()).toBe(0);
});

test.each([
  ["twice as many", 12_000],
  ["a quarter", 800],
])("one lesson that says %s moves it by a tenth at most, and an instrument has its own", (_, tokens) => {
  const estimator = createEstimator();
  estimator.learn("text", TEXT_BYTES, used(tokens));
  const ratio = estimateOf(estimator) / 4_000;
  expect(ratio).not.toBe(1);
  expect(ratio).toBeGreaterThan(0.9);
  expect(ratio).toBeLessThan(1.11);
  expect(estimator.estimate("code", { textBytes: TEXT_BYTES, mediaTokens: 7 })).toBe(4_007);
});

test.each([
  ["many", 20_000, TEXT_BYTES],
  ["few", 800, TEXT_BYTES / 8],
])("a supplier that always reports too %s moves it to its bound and no further", (_, tokens, bound) => {
  const estimator = createEstimator();
  for (let count = 0; count < 5_000; count += 1) estimator.learn("text", TEXT_BYTES, used(tokens));
  expect(estimateOf(estimator)).toBe(bound);
});

describe("notes", () => {
  function fakeLedger(notes = new Map<string, unknown>()) {
    const ledger = {
      note: async (name: string) => notes.get(name),
      putNote: async (name: string, document: unknown) => void notes.set(name, JSON.parse(JSON.stringify(document))),
    };
    return { notes, ledger };
  }

  const LOG = pino({ level: "silent" });

  test("what was learned is kept at close, and known again after a start", async () => {
    const { ledger } = fakeLedger();
    const [first, second] = [createEstimator(), createEstimator()];
    const before = await openNotes({ ledger, log: LOG, noted: [first.noted] });
    for (let count = 0; count < 50; count += 1) first.learn("text", TEXT_BYTES, used(6_000));
    await before.close();
    await (await openNotes({ ledger, log: LOG, noted: [second.noted] })).close();
    expect(estimateOf(second)).toBe(estimateOf(first));
  });

  test("what is new is kept now and then, and nothing else", async () => {
    const { notes, ledger } = fakeLedger();
    const estimator = createEstimator();
    const open = await openNotes({ ledger, log: LOG, noted: [estimator.noted], everyMs: 20 });
    await pause(80);
    expect(notes.size).toBe(0);
    estimator.learn("text", TEXT_BYTES, used(6_000));
    await expect.poll(() => notes.get("estimates")).toMatchObject({ text: { learned: 1 } });
    notes.clear();
    await pause(80);
    await open.close();
    expect(notes.size).toBe(0);
  });

  test("a ledger that is away is told in the log, and costs nothing but lessons", async () => {
    const lines: string[] = [];
    const log = pino({}, { write: (line) => void lines.push(line) });
    const away = async (): Promise<never> => {
      throw new Error("away");
    };
    const estimator = createEstimator();
    const open = await openNotes({ ledger: { note: away, putNote: away }, log, noted: [estimator.noted] });
    estimator.learn("text", TEXT_BYTES, used(6_000));
    await open.close();
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual([
      "what was learned before could not be read",
      "what was learned could not be kept",
    ]);
  });

  test.each<[string, unknown]>([
    ["no record", "text"],
    ["an empty rate", { text: {} }],
    ["no rate", { text: null }],
    ["a word", { text: { bytesPerToken: "4", learned: 7 } }],
    ["nothing a token", { text: { bytesPerToken: null, learned: 7 } }],
    ["lessons that were never learned", { text: { bytesPerToken: 4, learned: -1 } }],
  ])("a note that says %s is passed over", async (_, document) => {
    const { ledger } = fakeLedger(new Map([["estimates", document]]));
    const estimator = createEstimator();
    await (await openNotes({ ledger, log: LOG, noted: [estimator.noted] })).close();
    expect(estimateOf(estimator)).toBe(4_000);
  });

  test("a rate out of its bounds is brought within them", async () => {
    const { ledger } = fakeLedger(new Map([["estimates", { text: { bytesPerToken: 1e9, learned: 1 } }]]));
    const estimator = createEstimator();
    await (await openNotes({ ledger, log: LOG, noted: [estimator.noted] })).close();
    expect(estimateOf(estimator)).toBe(TEXT_BYTES / 8);
  });
});

describe("the calibration of token counts", () => {
  const MODEL = "sim\nmodel";
  const measure = measureBy((key) => (key === "text" ? 1_000 : 0));
  const again = (noted: Noted, document: unknown) => noted.read(JSON.parse(JSON.stringify(document)));

  test("is known again after a start, and learns on from there", () => {
    const [first, second, third] = [createCalibration(), createCalibration(), createCalibration()];
    for (let count = 0; count < 20; count += 1) first.learn(MODEL, measure, 1_300);
    again(second.noted, first.noted.write());
    expect(second.predict(MODEL, measure)).toBe(first.predict(MODEL, measure));
    expect(second.predict(MODEL, measure)).not.toBe(third.predict(MODEL, measure));
    expect(second.learned(MODEL)).toBe(20);
    for (const calibration of [first, second]) calibration.learn(MODEL, measure, 1_200);
    expect(second.predict(MODEL, measure)).toBe(first.predict(MODEL, measure));
    expect(second.noted.revision()).toBe(1);
  });

  const sound = (): Record<string, unknown> => {
    const calibration = createCalibration();
    calibration.learn(MODEL, measure, 1_300);
    return JSON.parse(JSON.stringify(calibration.noted.write()[MODEL]));
  };

  test.each<[string, unknown]>([
    ["nothing", null],
    ["no weights", { ...sound(), weights: {} }],
    ["a weight that is none", { ...sound(), weights: { ...(sound()["weights"] as object), text: "1" } }],
    ["no covariance", { ...sound(), covariance: undefined }],
    [
      "a doubt below nothing",
      { ...sound(), covariance: Object.fromEntries(MEASURED.map((key) => [key, measureBy(() => -1)])) },
    ],
    ["half a lesson", { ...sound(), learned: 0.5 }],
  ])("a note with %s is passed over", (_, kept) => {
    const [calibration, fresh] = [createCalibration(), createCalibration()];
    again(calibration.noted, { [MODEL]: kept });
    expect(calibration.predict(MODEL, measure)).toBe(fresh.predict(MODEL, measure));
    expect(calibration.learned(MODEL)).toBe(0);
  });
});

test("a hold is the prompt's estimate and the cap for each answer, and the estimate follows the supplier over a restart", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "interchange-estimate-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const rig = await startRig({ dataDir });
  const body = (n: number) =>
    QUESTIONS["chat-completions"].body({
      max_completion_tokens: 100,
      n,
      messages: [{ role: "user", content: "word ".repeat(2_000) }],
    });
  const held = async (market: typeof rig, n: number): Promise<number> => {
    const response = await ask(market, "chat-completions", { body: body(n), redirect: "manual" });
    return (await market.receipt(response.headers.get("request-id") ?? ""))?.tokensHeld ?? Number.NaN;
  };
  const prompt = Math.ceil(JSON.stringify(body(1)).length / 3);
  expect(await held(rig, 1)).toBe(prompt + 100);
  expect(await held(rig, 7)).toBe(prompt + 700);
  for (let count = 0; count < 30; count += 1) {
    await (await ask(rig, "chat-completions", { base: "/inline", body: body(1) })).text();
  }
  const learned = await held(rig, 1);
  expect(learned).toBeLessThan(0.92 * prompt + 100);
  expect(rig.gateway.engine.estimator.estimate(INSTRUMENT, { textBytes: 0, mediaTokens: 3 })).toBe(3);
  await rig.close();
  const again = await startRig({ dataDir });
  expect(await held(again, 1)).toBe(learned);
  await again.close();
});
