/** Whether and when to ask again: every status, every header, and what may be sent twice. */
import { describe, expect, test } from "vitest";
import { ConnectionError, TimeoutError } from "../src/index.ts";
import { type Outcome, realTiming, waitBefore } from "../src/retry.ts";

const NOW = Date.parse("2026-11-24T00:00:00Z");
const timing = { nowMs: () => NOW, random: () => 0.5 };

const answer = (status: number, headers: Record<string, string> = {}): Outcome => ({
  response: new Response(null, { status, headers }),
});

const wait = (outcome: Outcome, repeatable: boolean, attempt = 0) => waitBefore(attempt, outcome, repeatable, timing);

/** Half of what is allowed, at the middle of chance. */
const BACKOFF = 250;

describe("a status, of what may be sent twice and of what may not", () => {
  test.each([
    [200, undefined, undefined],
    [400, undefined, undefined],
    [401, undefined, undefined],
    [402, undefined, undefined],
    [403, undefined, undefined],
    [404, undefined, undefined],
    [408, BACKOFF, undefined],
    [409, BACKOFF, undefined],
    [413, undefined, undefined],
    [422, undefined, undefined],
    [429, BACKOFF, BACKOFF],
    [500, BACKOFF, undefined],
    [502, BACKOFF, undefined],
    [503, BACKOFF, undefined],
    [504, BACKOFF, undefined],
    [529, BACKOFF, undefined],
  ])("%i", (status, twice, once) => {
    expect([wait(answer(status), true), wait(answer(status), false)]).toEqual([twice, once]);
  });
});

describe("what the server says goes before what we guess", () => {
  test.each([
    ["402 that is to be retried", 402, { "x-should-retry": "true" }, BACKOFF],
    ["500 that is to be retried, though it may not be sent twice", 500, { "x-should-retry": "true" }, BACKOFF],
    ["429 that is not", 429, { "x-should-retry": "false" }, undefined],
    ["503 that is not, with a wait", 503, { "x-should-retry": "false", "retry-after": "1" }, undefined],
    ["503 with a wait", 503, { "retry-after": "1" }, 1_050],
    ["500 with a wait", 500, { "retry-after": "1" }, undefined],
    ["a word that is none", 500, { "x-should-retry": "perhaps" }, undefined],
  ])("%s", (_, status, headers, want) => {
    expect(wait(answer(status, headers), false)).toBe(want);
  });
});

describe("the wait that is asked for, and a twentieth of chance", () => {
  test.each<[string, Record<string, string>, number | undefined]>([
    ["seconds", { "retry-after": "2" }, 2_100],
    ["no seconds at all", { "retry-after": "0" }, 0],
    ["a date", { "retry-after": "Tue, 24 Nov 2026 00:00:10 GMT" }, 10_500],
    ["a date that is over", { "retry-after": "Mon, 23 Nov 2026 00:00:00 GMT" }, 0],
    ["milliseconds, which win", { "retry-after-ms": "100", "retry-after": "7" }, 105],
    ["parts of a millisecond", { "retry-after-ms": "0.5" }, 0.525],
    ["words, which are none", { "retry-after": "soon" }, BACKOFF],
    ["less than nothing, which is none", { "retry-after": "-1" }, BACKOFF],
    ["a minute", { "retry-after": "60" }, 63_000],
    ["more than a minute, which is the caller's to wait", { "retry-after": "61" }, undefined],
  ])("%s", (_, headers, want) => {
    expect(wait(answer(429, headers), false)).toBe(want);
  });
});

describe("a failure", () => {
  const failed = (code: string) => new ConnectionError("no", new TypeError("fetch failed", { cause: { code } }));

  test.each<[string, unknown, number | undefined, number | undefined]>([
    ["of a connection that was refused", failed("ECONNREFUSED"), BACKOFF, BACKOFF],
    ["of a name that there is not", failed("ENOTFOUND"), BACKOFF, BACKOFF],
    ["of a connection that did not come about in time", failed("UND_ERR_CONNECT_TIMEOUT"), BACKOFF, BACKOFF],
    ["of a connection that broke", failed("ECONNRESET"), BACKOFF, undefined],
    ["of which nothing is known", new ConnectionError("no", new TypeError("Failed to fetch")), BACKOFF, undefined],
    ["of patience with the first leg", new TimeoutError("connect", 1), BACKOFF, undefined],
    ["of patience with the second", new TimeoutError("idle", 1), undefined, undefined],
    ["of patience with all", new TimeoutError("total", 1), undefined, undefined],
    ["of the caller's own", new Error("enough"), undefined, undefined],
  ])("%s", (_, failure, twice, once) => {
    expect([wait({ failure }, true), wait({ failure }, false)]).toEqual([twice, once]);
  });
});

test("the backoff doubles up to eight seconds, and is anything between nothing and that", () => {
  const waits = [0, 1, 2, 3, 4, 5, 60].map((attempt) => wait(answer(500), true, attempt));
  expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 4_000, 4_000]);
  expect(waitBefore(0, answer(500), true, { ...timing, random: () => 0 })).toBe(0);
});

describe("sleep", () => {
  test("ends with the signal's reason", async () => {
    const controller = new AbortController();
    const sleeping = realTiming.sleep(60_000, controller.signal);
    controller.abort(new Error("enough"));
    await expect(sleeping).rejects.toThrow("enough");
    await expect(realTiming.sleep(60_000, controller.signal)).rejects.toThrow("enough");
  });

  test("ends by itself", () => expect(realTiming.sleep(1, new AbortController().signal)).resolves.toBeUndefined());
});
