/** One request and one supplier: what comes back, what is settled, who is let go. */
import { getEventListeners } from "node:events";
import type { ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import {
  DEPOSITED,
  FORMATS,
  hear,
  INPUT_TOKENS,
  openMarket,
  openOddity,
  openSimulator,
  readAll,
  supplierAt,
  tellerOf,
} from "./market.ts";

const USED = {
  "chat-completions": ["prompt_tokens", "completion_tokens"],
  messages: ["input_tokens", "output_tokens"],
};

describe.each(FORMATS)("%s", (format) => {
  /** What the answer itself says was used. */
  const usedBy = (answer: unknown): number => {
    const { usage } = answer as { usage: Record<string, number> };
    return USED[format].reduce((sum, key) => sum + (usage[key] ?? Number.NaN), 0);
  };

  test("a whole answer is settled to what the supplier reports", async () => {
    const market = await openMarket();
    const { supplier } = await openSimulator(format);
    const { requestId, outcome } = await market.run(format, supplier);
    if (outcome.kind !== "answer") throw new Error(outcome.kind);
    expect(JSON.stringify(outcome.answer)).toContain("You asked: “Hello”");
    const receipt = await market.receipt(requestId);
    expect(receipt).toMatchObject({ status: "reconciled", supplier: "sim", model: "sim-text" });
    expect(receipt.tokensUsed).toBe(usedBy(outcome.answer));
    expect(receipt.usage).not.toHaveProperty("estimated");
    expect(receipt.usage).not.toHaveProperty("raw");
    expect(await market.available()).toBe(DEPOSITED - receipt.tokensUsed);
    expect(market.tried).toEqual([undefined]);
  });

  test("a stream is settled before its last event leaves, and to the same", async () => {
    const market = await openMarket();
    const { supplier } = await openSimulator(format);
    const sim = "delayBetweenMs=5";
    const whole = await market.run(format, supplier, { sim });
    const { requestId, outcome } = await market.run(format, supplier, { sim, stream: true });
    let atLast: Promise<{ readonly status: string }> | undefined;
    const hearing = hear(outcome, {
      onSent: () => {
        atLast = market.receipt(requestId);
      },
    });
    await hearing.all;
    expect(hearing.sent).toBeGreaterThan(1);
    expect((await atLast)?.status).toBe("reconciled");
    const [one, other] = [await market.receipt(whole.requestId), await market.receipt(requestId)];
    expect(other.tokensUsed).toBe(one.tokensUsed);
    expect(other.timing).toMatchObject({ firstEventAtMs: expect.any(Number), endedAtMs: expect.any(Number) });
  });

  test("the supplier gets its own credential and model, and nothing else of anybody", async () => {
    const market = await openMarket();
    const { simulator } = await openSimulator(format);
    await market.run(format, supplierAt(format, `${simulator.url}/v1/`, "supplier-credential"));
    const asked = simulator.requests.at(-1);
    expect(asked?.path).toBe(format === "messages" ? "/v1/messages" : "/v1/chat/completions");
    expect(asked?.status).toBe(200);
    expect(JSON.stringify(asked?.headers)).toContain("supplier-credential");
    expect(JSON.parse(asked?.body.toString() ?? "").model).toBe("sim-text");
  });

  test.each([
    ["status=500", "supplier-failed"],
    ["fault=reset", "supplier-failed"],
    ["fault=hang", "supplier-timeout"],
    ["fault=hang-mid-stream", "supplier-timeout"],
    ["fault=html", "supplier-failed"],
    ["status=400", "supplier-refused"],
  ])("[[sim %s]] before anything came is a %s, and free", async (sim, kind) => {
    const market = await openMarket();
    const { supplier } = await openSimulator(format);
    const { requestId, outcome } = await market.run(format, supplier, { sim });
    expect(outcome).toMatchObject({ kind: "refused", refusal: { kind } });
    expect(await market.receipt(requestId)).toMatchObject({ status: "error", tokensUsed: 0 });
    expect(await market.available()).toBe(DEPOSITED);
    expect(market.tried).toHaveLength(1);
    expect(market.tried[0]).toBeDefined();
  });

  test("S19 S20 E08 a stream that breaks ends in an error, is free, and nobody is asked again", async () => {
    const market = await openMarket();
    const { simulator, supplier } = await openSimulator(format);
    const { requestId, outcome } = await market.run(format, supplier, { sim: "fault=reset-mid-stream", stream: true });
    const events = await readAll(outcome);
    expect(simulator.requests).toHaveLength(1);
    expect(events.length).toBeGreaterThan(1);
    expect(events.at(-1)).toHaveProperty("error.message", "The supplier failed: it broke the connection off.");
    expect(await market.receipt(requestId)).toMatchObject({ status: "error", reason: "it broke the connection off" });
    expect(await market.available()).toBe(DEPOSITED);
  });

  test("E06 a caller that leaves before the answer pays nothing, and does not count against the supplier", async () => {
    const market = await openMarket();
    const { simulator, supplier } = await openSimulator(format);
    for (const stream of [true, false]) {
      const leave = new AbortController();
      setTimeout(() => leave.abort(), 100);
      const asked = { sim: "delayBeforeHeadersMs=5000", stream, signal: leave.signal };
      const { requestId } = await market.run(format, supplier, asked);
      expect(await market.receipt(requestId)).toMatchObject({ status: "error", reason: "the caller left" });
      await expect.poll(() => simulator.requests.at(-1)?.aborted).toBe(true);
    }
    expect(market.tried).toEqual([]);
    expect(await market.available()).toBe(DEPOSITED);
  });

  test.each(["signal", "leave"])(
    "E06 U05 a caller that leaves a stream (by %s) pays for what it was given",
    async (way) => {
      const market = await openMarket();
      const { simulator, supplier } = await openSimulator(format);
      const leave = new AbortController();
      const asked = { sim: "tokens=40 delayBetweenMs=15", stream: true, signal: leave.signal };
      const { requestId, outcome } = await market.run(format, supplier, asked);
      const hasSaid = (event: unknown): boolean => /"text|"content":"/.test(JSON.stringify(event));
      hear(outcome, {
        onSent(events) {
          if (events.filter(hasSaid).length < 12) return;
          if (way === "signal") leave.abort();
          else void tellerOf(outcome).leave();
        },
      });
      await market.relay.idle();
      await expect.poll(() => simulator.requests.at(-1)?.aborted).toBe(true);
      const { status, usage } = await market.receipt(requestId);
      expect({ status, estimated: usage?.["estimated"] }).toEqual({ status: "reconciled", estimated: true });
      // The first of them opens the text and has none of its own.
      expect(usage?.["output"]).toBeGreaterThanOrEqual(9);
      expect(usage?.["output"]).toBeLessThan(20);
      expect(market.tried).toEqual([]);
    },
  );

  test("usage that the supplier does not report is counted, whole and streamed alike", async () => {
    const market = await openMarket();
    const { supplier } = await openSimulator(format);
    const whole = await market.run(format, supplier, { sim: "fault=no-usage tokens=50" });
    const streamed = await market.run(format, supplier, { sim: "fault=no-usage tokens=50", stream: true });
    if (whole.outcome.kind !== "answer") throw new Error(whole.outcome.kind);
    const last = (await readAll(streamed.outcome)).findLast((event) => "usage" in (event as object));
    for (const told of [whole.outcome.answer, last]) expect(usedBy(told)).toBe(INPUT_TOKENS + 50);
    for (const { requestId } of [whole, streamed]) {
      const { usage, tokensUsed } = await market.receipt(requestId);
      expect(usage).toMatchObject({ input: INPUT_TOKENS, output: 50, estimated: true });
      expect(tokensUsed).toBe(INPUT_TOKENS + 50);
    }
  });

  test("a bug of ours is thrown, and free", async () => {
    const market = await openMarket();
    const { supplier } = await openSimulator(format);
    const broken = (): never => {
      throw new TypeError("a bug");
    };
    const whole = await market.hold(format, supplier, { surface: { writeAnswer: broken } });
    await expect(market.relay(whole)).rejects.toThrow("a bug");
    const surface = {
      writeEvents: () => ({
        write: (event: { type: string }) => (event.type === "end" ? broken() : []),
        passes: () => false,
        waiting: () => 0,
      }),
    };
    const streamed = await market.run(format, supplier, { surface, stream: true });
    await expect(readAll(streamed.outcome)).rejects.toThrow("a bug");
    await market.relay.idle();
    for (const requestId of [whole.requestId, streamed.requestId]) {
      expect(await market.receipt(requestId)).toMatchObject({ status: "error", reason: "an error of the gateway" });
    }
    expect(await market.available()).toBe(DEPOSITED);
  });

  test.each(["writeRequest", "writeHeaders", "readRefusal"])("a bug in %s is none of the supplier's", async (name) => {
    const market = await openMarket();
    const { supplier } = await openSimulator(format);
    const dialect = {
      [name]: () => {
        throw new TypeError("a bug");
      },
    };
    for (const stream of [true, false]) {
      const run = await market.hold(format, supplier, { sim: "status=500", stream, dialect });
      await expect(market.relay(run)).rejects.toThrow("a bug");
      expect(await market.receipt(run.requestId)).toMatchObject({
        status: "error",
        reason: "an error of the gateway",
      });
    }
    await market.relay.idle();
    expect(market.tried).toEqual([]);
    expect(await market.available()).toBe(DEPOSITED);
  });

  test.each(["writeEvents of the surface", "readEvents of the supplier"])("%s that fails is free", async (whose) => {
    const market = await openMarket();
    const { simulator, supplier } = await openSimulator(format);
    const broken = (): never => {
      throw new TypeError("a bug");
    };
    const asked = whose.startsWith("write")
      ? { surface: { writeEvents: broken } }
      : { dialect: { readEvents: broken } };
    const run = await market.hold(format, supplier, { sim: "tokens=40 delayBetweenMs=15", stream: true, ...asked });
    await expect(market.relay(run)).rejects.toThrow("a bug");
    await market.relay.idle();
    await expect.poll(() => simulator.requests.at(-1)?.aborted).toBe(true);
    expect(await market.receipt(run.requestId)).toMatchObject({ status: "error", tokensUsed: 0 });
  });

  test("a caller that stops reading pays for what was delivered, and the supplier is not blamed", async () => {
    const market = await openMarket();
    const { simulator } = await openSimulator(format);
    const supplier = supplierAt(format, simulator.url, undefined, { totalMs: 200 });
    const asked = { sim: "tokens=400 delayBetweenMs=4", stream: true };
    const { requestId, outcome } = await market.run(format, supplier, asked);
    const hearing = hear(outcome, { hasRoom: (events) => events.length < 12 });
    await market.relay.idle();
    const { status, usage } = await market.receipt(requestId);
    expect({ status, estimated: usage?.["estimated"] }).toEqual({ status: "reconciled", estimated: true });
    expect(usage?.["output"]).toBeGreaterThanOrEqual(8);
    expect(usage?.["output"]).toBeLessThan(20);
    expect(market.tried).toEqual([]);
    const told = await hearing.all;
    expect(told.at(-1)).toMatchObject({ error: { message: "The answer was left unread for too long." } });
  });

  test.each([503, 529])("[[sim status=%i]] says how long to wait, and blames nobody", async (status) => {
    const market = await openMarket();
    const { supplier } = await openSimulator(format);
    for (const stream of [true, false]) {
      const { outcome } = await market.run(format, supplier, { sim: `status=${status} retryAfter=7`, stream });
      expect(outcome).toMatchObject({
        kind: "refused",
        refusal: { kind: "supplier-overloaded", retryAfterMs: 7_000, attempts: [{ supplier: "sim" }] },
      });
    }
    expect(market.tried).toMatchObject([{ overloaded: true, caller: false }, { overloaded: true }]);
    expect(await market.available()).toBe(DEPOSITED);
  });

  test("a prompt that is too long is the caller's, whatever the status, in the supplier's words", async () => {
    const market = await openMarket();
    const message = "prompt is too long: 9 tokens > 8 maximum";
    const { supplier } = await openSimulator(format);
    const failure = { status: 500, message, caller: false, overflow: { input: 9, context: 8 } };
    const asked = { sim: "status=500", dialect: { readRefusal: () => failure } };
    const { outcome } = await market.run(format, supplier, asked);
    expect(outcome).toEqual({
      kind: "refused",
      refusal: { kind: "supplier-refused", supplier: "sim", failure: { ...failure, caller: true } },
    });
  });

  test("the time that a caller takes to read is not taken from the supplier's", async () => {
    const market = await openMarket();
    const { simulator } = await openSimulator(format);
    const supplier = supplierAt(format, simulator.url, undefined, { firstByteMs: 3_000, totalMs: 1_800 });
    const asked = { sim: "delayBeforeHeadersMs=1000 tokens=1000", stream: true };
    const { requestId, outcome } = await market.run(format, supplier, asked);
    let hasRoom = false;
    const hearing = hear(outcome, { hasRoom: () => hasRoom });
    await pause(1_000);
    hasRoom = true;
    tellerOf(outcome).drained();
    for (const event of await hearing.all) expect(event).not.toHaveProperty("error");
    expect(await market.receipt(requestId)).toMatchObject({ status: "reconciled" });
    expect(market.tried).toEqual([undefined]);
  });

  test.each(["left", "left alone"])("events that are %s before they are begun are free", async (way) => {
    const market = await openMarket();
    const { simulator } = await openSimulator(format);
    const totalMs = way === "left" ? 5_000 : 400;
    const supplier = supplierAt(format, simulator.url, undefined, { totalMs });
    const asked = { sim: "tokens=400 delayBetweenMs=5", stream: true };
    const { requestId, outcome } = await market.run(format, supplier, asked);
    if (way === "left") await Promise.all([tellerOf(outcome).leave(), tellerOf(outcome).leave()]);
    await market.relay.idle();
    await expect.poll(() => simulator.requests.at(-1)?.aborted).toBe(true);
    expect(await market.receipt(requestId)).toMatchObject({ status: "error", reason: "the caller left" });
    expect(await market.available()).toBe(DEPOSITED);
    expect(market.tried).toEqual([]);
    expect((await readAll(outcome)).length > 0).toBe(way === "left alone");
  });

  test("nothing listens to the caller's signal when all is told", async () => {
    const market = await openMarket();
    const { supplier } = await openSimulator(format);
    for (const asked of [{ stream: true }, { stream: false }, { sim: "status=500" }]) {
      const { signal } = new AbortController();
      const { outcome } = await market.run(format, supplier, { ...asked, signal });
      if (outcome.kind === "events") await readAll(outcome);
      expect(getEventListeners(signal, "abort")).toEqual([]);
    }
  });

  test("idle waits for what runs, and for nothing else", async () => {
    const market = await openMarket();
    const { supplier } = await openSimulator(format);
    await market.relay.idle();
    const { outcome } = await market.run(format, supplier, { stream: true });
    let isIdle = false;
    const idle = market.relay.idle().then(() => {
      isIdle = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(isIdle).toBe(false);
    await readAll(outcome);
    await idle;
    await market.run(format, supplier);
    await market.relay.idle();
  });
});

describe("what no decent supplier says", () => {
  const json = (body: string) => (_: unknown, res: ServerResponse) =>
    void res.writeHead(200, { "content-type": "application/json" }).end(body);

  const answer = (extra: string): string =>
    `{"content":[{"type":"text","text":"eight by"}],"stop_reason":"end_turn"${extra}}`;

  test.each([
    ["no model", "", "sim-text"],
    ["an empty model", ',"model":""', "sim-text"],
    ["a model with NUL", ',"model":"a\\u0000b"', "ab"],
    ["a model of 5,000 characters", `,"model":"${"m".repeat(5_000)}"`, "m".repeat(256)],
    ["half a character", `,"model":"${"m".repeat(255)}\\ud83d\\ude00"`, `${"m".repeat(255)}\uFFFD`],
  ])("%s is settled all the same", async (_, extra, model) => {
    const market = await openMarket();
    const { requestId, outcome } = await market.run("messages", await openOddity("messages", json(answer(extra))));
    expect(outcome.kind).toBe("answer");
    expect(await market.receipt(requestId)).toMatchObject({
      status: "reconciled",
      model,
      tokensUsed: INPUT_TOKENS + 2,
    });
  });

  test.each(["1e999", "9007199254740993", "-5", '"7"', "1.5", "1152921504606846976", "null"])(
    "%s is no count of tokens: what is counted here is told and settled",
    async (count) => {
      const market = await openMarket();
      const run = async (usage: string) => {
        const supplier = await openOddity("messages", json(answer(`,"model":"m","usage":${usage}`)));
        const { requestId, outcome } = await market.run("messages", supplier);
        const { usage: settled, tokensUsed } = await market.receipt(requestId);
        const told = (outcome as { answer: { usage: object } }).answer.usage;
        return { told, tokensUsed, estimated: settled?.["estimated"] };
      };
      expect(await run(`{"input_tokens":7,"output_tokens":${count}}`)).toMatchObject({
        told: { input_tokens: 7, output_tokens: 2 },
        tokensUsed: 9,
        estimated: true,
      });
      expect(await run(`{"input_tokens":${count},"output_tokens":5}`)).toMatchObject({
        told: { input_tokens: INPUT_TOKENS, output_tokens: 5 },
        tokensUsed: INPUT_TOKENS + 5,
        estimated: true,
      });
    },
  );

  test("a count that is one is settled as far as there is a balance", async () => {
    const market = await openMarket();
    const usage = ',"model":"m","usage":{"input_tokens":1,"output_tokens":9007199254740991}';
    const { requestId } = await market.run("messages", await openOddity("messages", json(answer(usage))));
    expect(await market.receipt(requestId)).toMatchObject({ status: "reconciled", tokensUsed: DEPOSITED });
  });

  test("a redirect is not followed", async () => {
    const market = await openMarket();
    const supplier = await openOddity(
      "messages",
      (_, res) => void res.writeHead(307, { location: "/elsewhere" }).end(),
    );
    const { outcome } = await market.run("messages", supplier);
    expect(outcome).toMatchObject({ kind: "refused", refusal: { kind: "supplier-failed" } });
    expect(market.tried[0]).toMatchObject({ status: 307, message: "it answered with status 307" });
  });

  test("a refusal without an end, or in the middle of which it dies, is still a refusal", async () => {
    const market = await openMarket();
    const endless = await openOddity("messages", (_, res) => {
      res.writeHead(500);
      const more = (): void => {
        while (!res.destroyed && res.write("x".repeat(16_384)));
        if (!res.destroyed) res.once("drain", more);
      };
      more();
    });
    const dying = await openOddity("messages", (_, res) => {
      res.writeHead(500, { "content-length": "1000" }).write("half");
      setTimeout(() => res.destroy(), 20);
    });
    for (const supplier of [endless, dying]) {
      const { outcome } = await market.run("messages", supplier);
      expect(outcome).toMatchObject({ kind: "refused", refusal: { kind: "supplier-failed" } });
    }
    expect(await market.available()).toBe(DEPOSITED);
  });

  test.each([
    ["text/html", "supplier-failed"],
    ["application/json", "supplier-timeout"],
  ])("%s in place of a stream, without an end, harms nobody", async (type, kind) => {
    const market = await openMarket();
    const supplier = await openOddity("messages", (_, res) => {
      res.writeHead(200, { "content-type": type }).write("{");
    });
    const { outcome } = await market.run("messages", supplier, { stream: true });
    expect(outcome).toMatchObject({ kind: "refused", refusal: { kind } });
    await market.relay.idle();
  });

  test("E14 a stream that drips on for ever is cut off when its time is over", async () => {
    const market = await openMarket();
    const start = { type: "message_start", message: { id: "msg_1", model: "m", usage: { input_tokens: 5 } } };
    const supplier = await openOddity(
      "messages",
      (_, res) => {
        res.writeHead(200, { "content-type": "text/event-stream" });
        res.write(`event: message_start\ndata: ${JSON.stringify(start)}\n\n`);
        const drip = setInterval(() => res.write('event: ping\ndata: {"type":"ping"}\n\n'), 50);
        res.once("close", () => clearInterval(drip));
      },
      { idleMs: 5_000 },
    );
    const { requestId, outcome } = await market.run("messages", supplier, { stream: true });
    const events = await readAll(outcome);
    expect(events.at(-1)).toMatchObject({
      error: { type: "timeout_error", message: "The supplier failed: it took longer than the whole request may." },
    });
    expect(await market.receipt(requestId)).toMatchObject({ status: "error", tokensUsed: 0 });
  });
});
