/** A stream on its way through: what is passed on, what is said in silence, what is kept in memory. */
import type { ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type Dialect, dialects } from "@interchange/dialects";
import { describe, expect, test, vi } from "vitest";
import type { Run, Sink } from "../src/index.ts";
import { FORMATS, type Format, hear, openMarket, openOddity, openSimulator, readAll, tellerOf } from "./market.ts";

const PAIRS = FORMATS.flatMap((surface) => FORMATS.map((spoken) => [surface, spoken] as const));

const BEGIN: Readonly<Record<Format, string>> = {
  "chat-completions": `data: ${JSON.stringify({
    id: "c",
    object: "chat.completion.chunk",
    created: 7,
    model: "m",
    choices: [{ index: 0, delta: { role: "assistant", content: "a" } }],
  })}\n\n`,
  messages: [
    { type: "message_start", message: { id: "msg_1", model: "m", usage: { input_tokens: 5 } } },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
  ]
    .map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
    .join(""),
};

const TEXT: Readonly<Record<Format, string>> = {
  "chat-completions": `data: ${JSON.stringify({
    id: "c",
    object: "chat.completion.chunk",
    created: 7,
    model: "m",
    choices: [{ index: 0, delta: { content: "four" }, finish_reason: null }],
  })}\n\n`,
  messages: `event: content_block_delta\ndata: ${JSON.stringify({
    type: "content_block_delta",
    index: 0,
    delta: { type: "text_delta", text: "four" },
  })}\n\n`,
};

const streaming = (res: ServerResponse): ServerResponse => res.writeHead(200, { "content-type": "text/event-stream" });

describe.each(PAIRS)("%s over %s", (surface, spoken) => {
  test("records of the surface's own format are passed on, and the answer is the same", async () => {
    const market = await openMarket();
    const { supplier } = await openSimulator(spoken);
    const sim = "tokens=30";
    const { outcome } = await market.run(surface, supplier, { sim, stream: true });
    const hearing = hear(outcome);
    const events = await hearing.all;
    if (surface === spoken) expect(hearing.passed).toBeGreaterThan(20);
    else expect(hearing.passed).toBe(0);
    const slow = await market.run(surface, supplier, { sim, stream: true, surface: writingAll(surface) });
    const written = hear(slow.outcome);
    expect(textOf(await written.all)).toBe(textOf(events));
    expect(written.passed).toBe(0);
  });

  test("S23 a caller that hears nothing is given signs of life, until the supplier's time is up", async () => {
    const market = await openMarket({ pingAfterMs: 40 });
    const supplier = await openOddity(spoken, (_, res) => void streaming(res).write(BEGIN[spoken]), {
      idleMs: 400,
      totalMs: 5_000,
    });
    const { requestId, outcome } = await market.run(surface, supplier, { stream: true });
    const events = await readAll(outcome);
    const isPing = (told: unknown): boolean => told === ":" || (told as { type?: string }).type === "ping";
    expect(events.filter(isPing).length).toBeGreaterThan(2);
    expect(events.filter(isPing).length).toBeLessThan(60);
    expect(isPing(events[0])).toBe(false);
    expect(events.at(-1)).toHaveProperty("error.message", "The supplier failed: it fell silent while answering.");
    expect(await market.receipt(requestId)).toMatchObject({ status: "error", tokensUsed: 0 });
  });

  test("S23 nobody is given a sign of life before the supplier has said its first word", async () => {
    const market = await openMarket({ pingAfterMs: 20 });
    const supplier = await openOddity(spoken, (_, res) => streaming(res).flushHeaders(), { idleMs: 200 });
    const { outcome } = await market.run(surface, supplier, { stream: true });
    expect(outcome).toMatchObject({ kind: "refused", refusal: { kind: "supplier-timeout" } });
  });

  test("E14 silence ends in a typed error", async () => {
    const market = await openMarket();
    const supplier = await openOddity(spoken, (_, res) => void streaming(res).write(BEGIN[spoken]), {
      idleMs: 100,
      totalMs: 5_000,
    });
    const { outcome } = await market.run(surface, supplier, { stream: true });
    const last = (await readAll(outcome)).at(-1);
    expect(last).toHaveProperty("error.type", "timeout_error");
    expect(market.tried).toMatchObject([{ timeout: true, caller: false }]);
  });

  test("a supplier that breaks off at a slow caller ends it once, however long the books take", async () => {
    const market = await openMarket({ alone: true });
    const release = market.ledger.release.bind(market.ledger);
    const supplier = await openOddity(
      spoken,
      (_, res) => {
        streaming(res).write(BEGIN[spoken]);
        setTimeout(() => res.socket?.resetAndDestroy(), 50);
      },
      { totalMs: 300 },
    );
    const run = await market.hold(surface, supplier, { stream: true });
    const closing = vi.spyOn(market.ledger, "release").mockImplementationOnce(async (asked) => {
      await pause(500);
      return release(asked);
    });
    const ends: string[] = [];
    tellerOf(await market.relay(run)).start({
      put: () => undefined,
      pass: () => undefined,
      flush: () => false,
      end: () => void ends.push("ended"),
      fail: () => void ends.push("failed"),
    });
    await market.relay.idle();
    await pause(0);
    expect(closing).toHaveBeenCalledOnce();
    expect(ends).toEqual(["ended"]);
  });

  test("U05 who leaves after k tokens pays for k", async () => {
    const market = await openMarket();
    const supplier = await openOddity(spoken, (_, res) => {
      streaming(res).write(BEGIN[spoken]);
      for (let count = 0; count < 25; count += 1) res.write(TEXT[spoken]);
    });
    const { requestId, outcome } = await market.run(surface, supplier, { stream: true });
    hear(outcome, {
      onSent(events) {
        if (textOf(events).split("four").length > 25) void tellerOf(outcome).leave();
      },
    });
    await market.relay.idle();
    const { status, usage } = await market.receipt(requestId);
    expect(status).toBe("reconciled");
    expect(usage?.["output"]).toBeGreaterThanOrEqual(25);
    expect(usage?.["output"]).toBeLessThanOrEqual(26);
  });

  test("E12 memory does not grow with the stream", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const market = await openMarket();
    const CHUNKS = 10_000;
    const supplier = await openOddity(
      spoken,
      async (_, res) => {
        streaming(res).write(BEGIN[spoken]);
        for (let count = 0; count < CHUNKS && !res.destroyed; count += 10) {
          if (!res.write(TEXT[spoken].repeat(10))) await new Promise((resolve) => res.once("drain", resolve));
          else if (count % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
        }
      },
      { idleMs: 10_000, totalMs: 25_000 },
    );
    const { outcome } = await market.run(surface, supplier, { stream: true });
    const heap: number[] = [];
    let texts = 0;
    const enough = Promise.withResolvers<void>();
    const look = (): void => {
      if (texts < 2_000 * (heap.length + 1)) return;
      collect();
      heap.push(process.memoryUsage().heapUsed);
      if (heap.length === 4) enough.resolve();
    };
    tellerOf(outcome).start(
      countingSink((told) => {
        texts += told;
        look();
      }, enough.reject),
    );
    await enough.promise;
    await tellerOf(outcome).leave();
    const [first = 0] = heap;
    const grown = Math.max(...heap) - first;
    expect(heap).toHaveLength(4);
    expect(grown).toBeLessThan(1_500_000);
  });
});

/** The surface, but for passing anything on. */
function writingAll(surface: Format): Partial<Run["surface"]> {
  return {
    writeEvents(options) {
      const writer = (dialects[surface] as Dialect).surface.writeEvents(options);
      return { write: (event) => writer.write(event), passes: () => false, waiting: () => writer.waiting() };
    },
  };
}

/** All of the text that was told. */
function textOf(events: readonly unknown[]): string {
  return (events as readonly Told[]).map((told) => told.choices?.[0]?.delta.content ?? told.delta?.text ?? "").join("");
}

interface Told {
  readonly choices?: readonly { readonly delta: { readonly content?: string | null } }[];
  readonly delta?: { readonly text?: string };
}

/** Keeps nothing of what it is told but how many texts it was. */
function countingSink(tell: (texts: number) => void, fail: (error: unknown) => void): Sink {
  let texts = 0;
  return {
    put(event) {
      if (JSON.stringify(event).includes("four")) texts += 1;
    },
    pass(records) {
      texts += Buffer.from(records).toString("latin1").split("four").length - 1;
    },
    flush() {
      tell(texts);
      texts = 0;
      return true;
    },
    end() {
      fail(new Error("it ended"));
    },
    fail,
  };
}
