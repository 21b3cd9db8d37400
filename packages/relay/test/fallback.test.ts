/** Whoever fails before a caller has heard of it is replaced by the next; whoever fails after that is not. */
import type { ServerResponse } from "node:http";
import type { FailedAttempt, SupplierFailure } from "@interchange/inference";
import { describe, expect, test } from "vitest";
import type { Outcome, Supplier } from "../src/index.ts";
import { marking } from "../src/provenance.ts";
import {
  type Asked,
  DEPOSITED,
  expectBalanced,
  FORMATS,
  type Format,
  type Market,
  NOBODY,
  openMarket,
  openOddity,
  openSimulator,
  PATIENT,
  type Programmed,
  readAll,
  type SimulatorOptions,
  supplierAt,
  tellerOf,
} from "./market.ts";

type Directives = NonNullable<SimulatorOptions["directives"]>;

/** Hears an answer to its end, and gives what it says. */
async function textIn(outcome: Outcome): Promise<string> {
  if (outcome.kind === "answer") return JSON.stringify(outcome.answer);
  const events = await readAll(outcome);
  expect(events.at(-1)).not.toHaveProperty("error");
  return events.map((event) => JSON.stringify(event)).join("");
}

function open(format: Format, ...all: readonly Directives[]): Promise<Programmed[]> {
  return Promise.all(
    all.map((directives, index) =>
      openSimulator(format, {
        name: NAMES[index] as string,
        directives,
        patience: isSlow(directives) ? QUICK : PATIENT,
      }),
    ),
  );
}

const NAMES = ["first", "second", "third"];
/** Whether a supplier keeps whoever asks it waiting. Of others it takes as long as it takes to know that they answer, or do not. */
const isSlow = ({ fault, delayBeforeHeadersMs = 0, delayBeforeFirstMs = 0 }: Directives): boolean =>
  fault?.startsWith("hang") === true || delayBeforeHeadersMs + delayBeforeFirstMs > 0;
const QUICK = { firstByteMs: 250, idleMs: 150, totalMs: 400 };
const suppliersOf = (programmed: readonly Programmed[]): Supplier[] => programmed.map(({ supplier }) => supplier);
const named = (supplier: Supplier, name: string): Supplier => ({ ...supplier, name });

/** A way to fail, and what is said of it. */
type Row = readonly [directives: Directives, failure: Partial<SupplierFailure>];

const ALWAYS: readonly Row[] = [
  [{ status: 500 }, { status: 500 }],
  [{ status: 502 }, { status: 502 }],
  [
    { status: 503, retryAfter: 3 },
    { status: 503, overloaded: true, retryAfterMs: 3_000 },
  ],
  [{ status: 529 }, { status: 529, overloaded: true }],
  [
    { status: 429, retryAfter: 2 },
    { status: 429, overloaded: true, retryAfterMs: 2_000 },
  ],
  [{ status: 408 }, { status: 408, timeout: true }],
  // Ours: the credential, or a model that is gone.
  [{ status: 401 }, { status: 401 }],
  [{ status: 403 }, { status: 403 }],
  [{ status: 404 }, { status: 404 }],
  [{ fault: "reset" }, { message: "it broke the connection off" }],
  [{ fault: "html" }, { status: 502 }],
  [{ fault: "error-in-200" }, {}],
];

const STREAMED: readonly Row[] = [
  ...ALWAYS,
  [{ fault: "hang" }, { message: "it did not begin to answer in time", timeout: true }],
  [{ fault: "empty" }, {}],
  [{ fault: "broken-first-event" }, {}],
  [{ fault: "reset-mid-stream", after: 0 }, { message: "it broke the connection off" }],
  [{ fault: "hang-mid-stream", after: 0 }, { timeout: true }],
  [{ fault: "error-mid-stream", after: 0 }, {}],
  [{ delayBeforeHeadersMs: 5_000 }, { message: "it did not begin to answer in time", timeout: true }],
  [{ delayBeforeFirstMs: 5_000 }, { timeout: true }],
];

const WHOLE: readonly Row[] = [
  ...ALWAYS,
  [{ fault: "hang" }, { message: "it took longer than the whole request may", timeout: true }],
  [{ fault: "empty" }, { message: "it answered something that is not JSON" }],
  [{ fault: "broken-json" }, {}],
  [{ fault: "reset-mid-stream" }, { message: "it broke the connection off" }],
  [{ fault: "close-mid-stream" }, {}],
  [{ fault: "hang-mid-stream" }, { timeout: true }],
];

async function expectAnsweredBy(market: Market, name: string, { requestId, outcome }: Ran): Promise<void> {
  if (outcome.kind === "refused") throw new Error(JSON.stringify(outcome));
  expect(outcome.attempt.supplier.name).toBe(name);
  expect((await textIn(outcome)).split("You asked").length).toBe(2);
  expect(await market.receipt(requestId)).toMatchObject({
    status: "reconciled",
    supplier: name,
    model: `${name}-text`,
  });
  await expectBalanced(market, requestId);
}

interface Ran {
  readonly requestId: string;
  readonly outcome: Outcome;
}

describe.each(FORMATS)("%s", (format) => {
  describe.each([
    ["streamed", true, STREAMED],
    ["whole", false, WHOLE],
  ] as const)("%s", (_, stream, rows) => {
    test.each(rows)("%j: the next one answers", async (directives, failure) => {
      const market = await openMarket();
      const all = await open(format, directives, {});
      const ran = await market.run(format, suppliersOf(all), { stream });
      // Whole texts come in pieces within a stream.
      if (stream) await textIn(ran.outcome);
      else await expectAnsweredBy(market, "second", ran);
      expect(market.ended).toMatchObject([
        { supplier: "first", result: { kind: "failed", begun: false, failure: { ...failure, caller: false } } },
        { supplier: "second", result: { kind: "answered" } },
      ]);
      const { status, supplier, model } = await market.receipt(ran.requestId);
      expect({ status, supplier, model }).toEqual({ status: "reconciled", supplier: "second", model: "second-text" });
      expect(all.map(({ simulator }) => simulator.requests.length)).toEqual([1, 1]);
      await expectBalanced(market, ran.requestId);
    });

    test("two fail, each in its own way, and the third answers and is paid", async () => {
      const market = await openMarket();
      const all = await open(format, { status: 500 }, { fault: "reset" }, {});
      const asked: string[][] = [];
      const onNext: Asked["onNext"] = (failed) => void asked.push(failed.map(({ supplier }) => supplier));
      const { requestId, outcome } = await market.run(format, suppliersOf(all), { stream, onNext });
      await textIn(outcome);
      expect(asked).toEqual([[], ["first"], ["first", "second"]]);
      expect(market.ended.map(({ supplier, result }) => [supplier, result.kind])).toEqual([
        ["first", "failed"],
        ["second", "failed"],
        ["third", "answered"],
      ]);
      expect(await market.receipt(requestId)).toMatchObject({ status: "reconciled", supplier: "third" });
      await expectBalanced(market, requestId);
    });

    test.each([400, 413, 422])("%i is the answer: nobody else would do better", async (status) => {
      const market = await openMarket();
      const all = await open(format, { status }, {});
      const { requestId, outcome } = await market.run(format, suppliersOf(all), { stream });
      expect(outcome).toMatchObject({ refusal: { kind: "supplier-refused", supplier: "first" } });
      expect(market.ended).toMatchObject([{ supplier: "first", result: { kind: "refused", failure: { status } } }]);
      expect(all[1]?.simulator.requests).toEqual([]);
      await expectBalanced(market, requestId);
    });

    test("a connection that is refused", async () => {
      const market = await openMarket();
      const gone = named(supplierAt(format, "http://127.0.0.1:1"), "first");
      const [second] = await open(format, {});
      const suppliers = [gone, named((second as Programmed).supplier, "second")];
      const ran = await market.run(format, suppliers, { stream });
      await textIn(ran.outcome);
      expect(market.tried).toMatchObject([{ message: "it refused the connection" }, undefined]);
    });

    test("one that cannot be reached is told from one that is silent", async () => {
      const market = await openMarket();
      const [silent] = await open(format, { fault: "hang" });
      const lost = { ...(silent as Programmed).supplier, pool: { dispatch: () => true } } as unknown as Supplier;
      const suppliers = [named(lost, "lost"), named((silent as Programmed).supplier, "silent")];
      const { outcome } = await market.run(format, suppliers, { stream, attempt: { firstByteMs: 100 } });
      expect(outcome).toMatchObject({
        refusal: {
          kind: "supplier-timeout",
          attempts: [
            { supplier: "lost", failure: { message: "it could not be reached in time" } },
            { supplier: "silent", failure: { message: "it did not begin to answer in time" } },
          ],
        },
      });
    });

    test("a prompt that is too long for one is asked of the next", async () => {
      const market = await openMarket();
      const all = await open(format, OVERFLOW(8), {});
      const { requestId, outcome } = await market.run(format, suppliersOf(all), { stream });
      await textIn(outcome);
      expect(market.ended.map(({ result }) => result.kind)).toEqual(["refused", "answered"]);
      expect(await market.receipt(requestId)).toMatchObject({ supplier: "second" });
    });

    test.each<[string, Directives]>([
      ["is too long for it too", OVERFLOW(16)],
      ["fails", { status: 500 }],
    ])("where the next one %s, the caller is told what the first said of its prompt", async (__, directives) => {
      const market = await openMarket();
      const all = await open(format, OVERFLOW(8), directives);
      const { requestId, outcome } = await market.run(format, suppliersOf(all), { stream });
      expect(outcome).toMatchObject({
        refusal: { kind: "supplier-refused", supplier: "first", failure: { overflow: { context: 8 }, caller: true } },
      });
      await expectBalanced(market, requestId);
    });

    test("when the caller leaves between two, the run ends, and nobody else is asked", async () => {
      const market = await openMarket();
      const all = await open(format, { status: 500 }, {});
      const leave = new AbortController();
      const asked = { stream, signal: leave.signal, onEnded: () => leave.abort() };
      const { requestId } = await market.run(format, suppliersOf(all), asked);
      expect(market.ended).toMatchObject([{ supplier: "first", result: { kind: "failed" } }]);
      expect(all[1]?.simulator.requests).toEqual([]);
      expect(await market.receipt(requestId)).toMatchObject({ status: "error", reason: "the caller left" });
      await expectBalanced(market, requestId);
    });

    test("when the caller leaves at the second, that one is not blamed", async () => {
      const market = await openMarket();
      const all = await open(format, { status: 500 }, { fault: "hang" });
      const leave = new AbortController();
      const ran = market.run(format, suppliersOf(all), { stream, signal: leave.signal });
      await expect.poll(() => all[1]?.simulator.requests.length).toBe(1);
      leave.abort();
      const { requestId } = await ran;
      expect(market.ended).toMatchObject([{ result: { kind: "failed" } }, { result: { kind: "left" } }]);
      await expect.poll(() => all[1]?.simulator.requests[0]?.aborted).toBe(true);
      expect(await market.receipt(requestId)).toMatchObject({ status: "error", reason: "the caller left" });
    });
  });

  test.each(["reset-mid-stream", "close-mid-stream", "error-mid-stream", "hang-mid-stream", "broken-json"] as const)(
    "%s after the first event: nobody else is asked",
    async (fault) => {
      const market = await openMarket();
      const all = await open(format, { fault, after: 3, delayBetweenMs: 20, tokens: 40, chunks: 20 }, {});
      const { requestId, outcome } = await market.run(format, suppliersOf(all), { stream: true });
      expect((await readAll(outcome)).at(-1)).toHaveProperty("error");
      expect(all[1]?.simulator.requests).toEqual([]);
      expect(market.ended).toMatchObject([{ supplier: "first", result: { kind: "failed", begun: true } }]);
      expect(await market.receipt(requestId)).toMatchObject({ status: "error", tokensUsed: 0 });
      await expectBalanced(market, requestId);
    },
  );

  test("a whole answer in place of a stream that is cut off is replaced", async () => {
    const market = await openMarket();
    const cut = await openOddity(format, (_, res) => {
      res.writeHead(200, { "content-type": "application/json", "content-length": "1000" }).write('{"id":');
      setTimeout(() => res.destroy(), 20);
    });
    const all = await open(format, {});
    const { outcome } = await market.run(format, [named(cut, "cut"), ...suppliersOf(all)], { stream: true });
    await textIn(outcome);
    expect(market.ended).toMatchObject([
      { result: { kind: "failed", begun: false } },
      { result: { kind: "answered" } },
    ]);
  });

  test("one that begins and breaks in one breath has said nothing yet", async () => {
    const market = await openMarket();
    const breaking = await openOddity(format, (_, res) => void streaming(res).end(`${BEGIN[format]}data: {"id"\n\n`));
    const all = await open(format, {});
    const { outcome } = await market.run(format, [named(breaking, "breaking"), ...suppliersOf(all)], { stream: true });
    await textIn(outcome);
    expect(market.ended).toMatchObject([
      { supplier: "breaking", result: { kind: "failed", begun: false } },
      { supplier: "first", result: { kind: "answered" } },
    ]);
  });

  test("an answer without the model's name is settled under the one that was asked of its supplier", async () => {
    const market = await openMarket();
    const all = await open(format, { status: 500 });
    const nameless = await openOddity(format, (_, res) => void streaming(res).end(NAMELESS[format]));
    const suppliers = [...suppliersOf(all), named(nameless, "nameless")];
    const { requestId, outcome } = await market.run(format, suppliers, { stream: true });
    await textIn(outcome);
    expect(await market.receipt(requestId)).toMatchObject({ supplier: "nameless", model: "nameless-text" });
  });
});

const streaming = (res: ServerResponse): ServerResponse => res.writeHead(200, { "content-type": "text/event-stream" });

const OVERFLOW = (context: number): Directives => ({
  status: 400,
  message: `prompt is too long: 99 tokens > ${context} maximum`,
});

const chunk = (choice: object): string =>
  `data: ${JSON.stringify({ id: "c", choices: [{ index: 0, ...choice }] })}\n\n`;

const event = (type: string, rest: object = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;

const BEGIN: Readonly<Record<Format, string>> = {
  "chat-completions": chunk({ delta: { role: "assistant", content: "" } }),
  messages:
    event("message_start", { message: { id: "msg_1", usage: { input_tokens: 5 } } }) +
    event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
};

const NAMELESS: Readonly<Record<Format, string>> = {
  "chat-completions": `${BEGIN["chat-completions"]}${chunk({ delta: { content: "Yes." }, finish_reason: "stop" })}data: [DONE]\n\n`,
  messages:
    BEGIN.messages +
    event("content_block_delta", { index: 0, delta: { type: "text_delta", text: "Yes." } }) +
    event("content_block_stop", { index: 0 }) +
    event("message_delta", { delta: { stop_reason: "end_turn" }, usage: { output_tokens: 2 } }) +
    event("message_stop"),
};

/** The attempts that a refusal names. */
function attemptsIn(outcome: Outcome): readonly FailedAttempt[] {
  if (outcome.kind !== "refused" || !("attempts" in outcome.refusal)) throw new Error(JSON.stringify(outcome));
  return outcome.refusal.attempts;
}

describe("what is said when nobody answers", () => {
  const TIMEOUT = { fault: "hang" } as const;
  const BUSY = (retryAfter?: number): Directives => ({
    status: 429,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });

  test.each<[string, Directives[], object]>([
    [
      "all busy: as soon as one is free",
      [BUSY(7), BUSY(), BUSY(3)],
      { kind: "supplier-overloaded", retryAfterMs: 3_000 },
    ],
    ["all too slow", [TIMEOUT, TIMEOUT, { status: 504 }], { kind: "supplier-timeout" }],
    ["busy and too slow", [BUSY(7), TIMEOUT], { kind: "supplier-failed" }],
    ["busy and broken", [BUSY(7), { status: 500 }], { kind: "supplier-failed" }],
    ["one alone", [{ status: 500 }], { kind: "supplier-failed" }],
  ])("%s", async (_, all, refusal) => {
    const market = await openMarket();
    const programmed = await open("messages", ...all);
    const { requestId, outcome } = await market.run("messages", suppliersOf(programmed), { stream: true });
    expect(outcome).toMatchObject({ kind: "refused", refusal });
    const attempts = attemptsIn(outcome);
    expect(attempts.map(({ supplier }) => supplier)).toEqual(NAMES.slice(0, all.length));
    for (const { failure } of attempts) expect(failure.message).toMatch(/^it /);
    expect(market.ended.map(({ result }) => result.kind)).toEqual(all.map(() => "failed"));
    const { reason } = await market.receipt(requestId);
    for (const name of all.length > 1 ? NAMES.slice(0, all.length) : []) expect(reason).toContain(`${name}: it `);
    await expectBalanced(market, requestId);
  });

  test("busy without a word of how long says none", async () => {
    const market = await openMarket();
    const programmed = await open("messages", BUSY(), BUSY());
    const { outcome } = await market.run("messages", suppliersOf(programmed));
    expect(outcome).toMatchObject({ refusal: { kind: "supplier-overloaded" } });
    expect((outcome as { refusal: object }).refusal).not.toHaveProperty("retryAfterMs");
  });

  test("many attempts have a reason that the books can keep", async () => {
    const market = await openMarket();
    const { supplier } = await openSimulator("messages", { directives: { status: 500 } });
    const suppliers = Array.from({ length: 12 }, (_, index) => named(supplier, `${"s".repeat(60)}${index}`));
    const { requestId, outcome } = await market.run("messages", suppliers);
    expect(outcome).toMatchObject({ refusal: { kind: "supplier-failed" } });
    expect((await market.receipt(requestId)).reason).toHaveLength(256);
  });

  test("nobody was there to be tried", async () => {
    const market = await openMarket();
    const { requestId, outcome } = await market.run("messages", []);
    expect(outcome).toEqual({ kind: "refused", refusal: NOBODY });
    expect(await market.receipt(requestId)).toMatchObject({ status: "error", tokensUsed: 0 });
    await expectBalanced(market, requestId);
  });
});

describe("signed thinking", () => {
  const thinkingOf = (body: Buffer | undefined): unknown[] =>
    (JSON.parse(body?.toString() ?? "") as { messages: { content: unknown }[] }).messages
      .flatMap(({ content }) => content)
      .filter((block) => (block as { type?: string }).type === "thinking");

  test("Q14 goes to the one that signed it, and not to the next", async () => {
    const market = await openMarket();
    const all = await open("messages", { status: 500 }, {});
    const thought = { type: "reasoning", text: "Hm.", signature: "signed" } as const;
    const usage = { input: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 0 };
    const finish = { reason: "stop", raw: "end_turn" } as const;
    const answer = { id: "a", model: "m", choices: [{ index: 0, content: [thought], finish }], usage };
    const [told] = marking("first").answer(answer).choices[0]?.content ?? [];
    const thinking = { type: "thinking", thinking: "Hm.", signature: (told as typeof thought).signature };
    const messages = [
      { role: "user", content: "Hello" },
      { role: "assistant", content: [thinking, { type: "text", text: "Good day." }] },
      { role: "user", content: "And now?" },
    ];
    const { outcome } = await market.run("messages", suppliersOf(all), { body: { messages } });
    expect(outcome.kind).toBe("answer");
    const [first, second] = all.map(({ simulator }) => thinkingOf(simulator.requests[0]?.body));
    expect(first).toEqual([{ type: "thinking", thinking: "Hm.", signature: "signed" }]);
    expect(second).toEqual([]);
  });
});

describe("what was left out is that of the one who answers", () => {
  test("and is named on the receipt", async () => {
    const market = await openMarket();
    const [first, second] = await open("messages", { status: 500 }, {});
    const run = await market.hold("messages", [(first as Programmed).supplier, (second as Programmed).supplier]);
    const next: typeof run.next = (failed) => {
      const found = run.next(failed);
      if (found.kind === "nobody") return found;
      return { kind: "attempt", attempt: { ...found.attempt, unknown: [`unknown to ${found.attempt.supplier.name}`] } };
    };
    const outcome = await market.relay({ ...run, next });
    expect(outcome).toMatchObject({ kind: "answer", dropped: ["unknown to second"] });
    expect(await market.receipt(run.requestId)).toMatchObject({ dropped: ["unknown to second"] });
  });
});

describe("bugs: the hold is given back, and every attempt has ended", () => {
  const bug = (): never => {
    throw new TypeError("a bug");
  };
  const expectFree = async (market: Market, requestId: string): Promise<void> => {
    await market.relay.idle();
    expect(await market.receipt(requestId)).toMatchObject({ status: "error", reason: "an error of the gateway" });
    expect(await market.available()).toBe(DEPOSITED);
  };

  test.each([0, 1])("next() throws after %i have failed", async (count) => {
    const market = await openMarket();
    const all = await open("messages", { status: 500 }, {});
    const onNext: Asked["onNext"] = (failed) => (failed.length === count ? bug() : undefined);
    const run = await market.hold("messages", suppliersOf(all), { onNext });
    await expect(market.relay(run)).rejects.toThrow("a bug");
    expect(market.ended.map(({ result }) => result.kind)).toEqual(Array.from({ length: count }, () => "failed"));
    await expectFree(market, run.requestId);
  });

  test.each<[string, Directives, boolean]>([
    ["that failed", { status: 500 }, true],
    ["that refused", { status: 400 }, false],
    ["that answered", {}, false],
  ])("ended() of an attempt %s throws", async (_, directives, stream) => {
    const market = await openMarket();
    const all = await open("messages", directives, {});
    const run = await market.hold("messages", suppliersOf(all), { stream, onEnded: bug });
    await expect(market.relay(run)).rejects.toThrow("a bug");
    expect(market.ended).toHaveLength(1);
    await expectFree(market, run.requestId);
  });

  test("ended() of a stream throws: at its end, and when its caller leaves", async () => {
    const market = await openMarket();
    const all = await open("messages", { tokens: 20 });
    const asked = { stream: true, onEnded: bug };
    const told = await market.run("messages", suppliersOf(all), asked);
    await expect(readAll(told.outcome)).rejects.toThrow("a bug");
    await expectFree(market, told.requestId);
    const left = await market.run("messages", suppliersOf(all), asked);
    await expect(tellerOf(left.outcome).leave()).rejects.toThrow("a bug");
    await expectFree(market, left.requestId);
    expect(market.ended).toHaveLength(2);
  });

  test("a writer that fails ends the attempt, and it is nobody's fault", async () => {
    const market = await openMarket();
    const all = await open("messages", {}, {});
    for (const stream of [true, false]) {
      const surface = stream ? { writeEvents: bug } : { writeAnswer: bug };
      const run = await market.hold("messages", suppliersOf(all), { stream, surface });
      await expect(market.relay(run)).rejects.toThrow("a bug");
      await expectFree(market, run.requestId);
    }
    expect(market.ended.map(({ result }) => result.kind)).toEqual(["left", "left"]);
  });
});
