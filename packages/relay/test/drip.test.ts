/** Suppliers that send without saying anything, and what is learned of those that speak. */
import type { ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Tried } from "../src/index.ts";
import { FORMATS, type Format, hear, openMarket, openOddity, openSimulator, readAll, tellerOf } from "./market.ts";

const data = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
const event = (type: string, rest: object = {}): string => `event: ${type}\n${data({ type, ...rest })}`;
const delta = (text: string): string => event("content_block_delta", { index: 0, delta: { type: "text_delta", text } });
const chunk = (content: string, rest: object = {}): string =>
  data({ id: "c", created: 7, model: "m", choices: [{ index: 0, delta: { content } }], ...rest });

interface Speech {
  readonly begin: string;
  readonly word: string;
  readonly end: string;
  /** Said for ever, it says nothing. */
  readonly drips: Readonly<Record<string, string>>;
}

const SPEECHES: Readonly<Record<Format, Speech>> = {
  "chat-completions": {
    begin: chunk("So"),
    word: chunk(" on"),
    end: `${data({ id: "c", choices: [{ index: 0, delta: {}, finish_reason: "stop" }] })}data: [DONE]\n\n`,
    drips: {
      comments: ": PROCESSING\n\n",
      "blank lines": "\n",
      "texts without a letter": chunk(""),
      "usage over and over": chunk("", { usage: { prompt_tokens: 5, completion_tokens: 1, total_tokens: 6 } }),
      "choices without anything": data({ id: "c", choices: [] }),
    },
  },
  messages: {
    begin:
      event("message_start", { message: { id: "msg_1", model: "m", usage: { input_tokens: 5 } } }) +
      event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }) +
      delta("So"),
    word: delta(" on"),
    end:
      event("content_block_stop", { index: 0 }) +
      event("message_delta", { delta: { stop_reason: "end_turn" }, usage: { output_tokens: 9 } }) +
      event("message_stop"),
    drips: {
      comments: ": PROCESSING\n\n",
      "blank lines": "\n",
      pings: event("ping"),
      "several pings at once": event("ping").repeat(3),
      "texts without a letter": delta(""),
      "events that nobody knows": event("weather"),
    },
  },
};

const PAIRS = FORMATS.flatMap((surface) => FORMATS.map((spoken) => [surface, spoken] as const));

const DRIPS = FORMATS.flatMap((spoken) => Object.keys(SPEECHES[spoken].drips).map((drip) => [spoken, drip] as const));

/** Says what it begins with, and one piece every 20 ms from then on, for so many times. */
function drip(res: ServerResponse, begin: string, piece: string, times = Infinity, end = ""): void {
  res.writeHead(200, { "content-type": "text/event-stream" }).write(begin || ":\n");
  let count = 0;
  const timer = setInterval(() => {
    count += 1;
    if (res.writableEnded) return clearInterval(timer);
    if (count <= times) return void res.write(piece);
    clearInterval(timer);
    res.end(end);
  }, 20);
  res.once("close", () => clearInterval(timer));
}

describe.each(DRIPS)("%s: %s", (spoken, name) => {
  const speech = SPEECHES[spoken];
  const piece = speech.drips[name] ?? "";

  test("after it has begun it is cut off, whatever it drips", async () => {
    const market = await openMarket();
    const supplier = await openOddity(spoken, (_, res) => drip(res, speech.begin, piece), {
      idleMs: 200,
      totalMs: 10_000,
    });
    const { requestId, outcome } = await market.run(spoken, supplier, { stream: true });
    const beganAtMs = performance.now();
    const events = await readAll(outcome);
    expect(performance.now() - beganAtMs).toBeGreaterThan(390);
    expect(performance.now() - beganAtMs).toBeLessThan(3_000);
    const message = "The supplier failed: it gave signs of life and said nothing more.";
    expect(events.at(-1)).toMatchObject({ error: { type: "timeout_error", message } });
    expect(market.ended).toMatchObject([{ result: { kind: "failed", begun: true, failure: { timeout: true } } }]);
    expect(await market.receipt(requestId)).toMatchObject({ status: "error", tokensUsed: 0 });
  });
});

const SILENT = (["comments", "blank lines", "pings"] as const).flatMap((name) =>
  FORMATS.filter((spoken) => name in SPEECHES[spoken].drips).map((spoken) => [spoken, name] as const),
);

describe.each(SILENT)("%s: %s", (spoken, name) => {
  test("before it has begun it is as silent as none, and another is asked", async () => {
    const market = await openMarket();
    const piece = SPEECHES[spoken].drips[name] ?? "";
    const dripping = await openOddity(spoken, (_, res) => drip(res, "", piece), { firstByteMs: 250, totalMs: 10_000 });
    const { supplier } = await openSimulator(spoken);
    const suppliers = [{ ...dripping, name: "dripping" }, supplier];
    const { outcome } = await market.run(spoken, suppliers, { stream: true });
    expect((await readAll(outcome)).at(-1)).not.toHaveProperty("error");
    expect(market.ended).toMatchObject([
      { supplier: "dripping", result: { kind: "failed", begun: false, failure: { timeout: true } } },
      { supplier: "sim", result: { kind: "answered" } },
    ]);
  });
});

describe.each(PAIRS)("%s over %s", (surface, spoken) => {
  const { begin, word, end, drips } = SPEECHES[spoken];

  test("one that speaks now and then is heard to its end", async () => {
    const market = await openMarket();
    const seldom = `${drips["comments"]}`;
    const supplier = await openOddity(
      spoken,
      async (_, res) => {
        res.writeHead(200, { "content-type": "text/event-stream" }).write(begin);
        for (let count = 0; count < 30; count += 1) {
          await pause(20);
          res.write(count % 6 === 5 ? word : seldom);
        }
        res.end(end);
      },
      { idleMs: 150, totalMs: 10_000 },
    );
    const { requestId, outcome } = await market.run(surface, supplier, { stream: true });
    expect((await readAll(outcome)).at(-1)).not.toHaveProperty("error");
    expect(await market.receipt(requestId)).toMatchObject({ status: "reconciled" });
  });

  test("a supplier that waits for its caller is not called silent", async () => {
    const market = await openMarket();
    let finish = (): unknown => undefined;
    const supplier = await openOddity(
      spoken,
      (_, res) => {
        finish = () => res.end(word + end);
        drip(res, begin, `${drips["comments"]}`);
      },
      { idleMs: 400, totalMs: 10_000 },
    );
    const { outcome } = await market.run(surface, supplier, { stream: true });
    let hasRoom = false;
    const hearing = hear(outcome, { hasRoom: () => hasRoom });
    // Whoever counts while it waits finds it silent by then; whoever goes on counting from there, soon after.
    await pause(1_930);
    hasRoom = true;
    tellerOf(outcome).drained();
    await pause(200);
    finish();
    expect((await hearing.all).at(-1)).not.toHaveProperty("error");
    expect(market.ended).toMatchObject([{ result: { kind: "answered" } }]);
  });
});

describe.each(FORMATS)("%s: what is learned of one that answers", (format) => {
  const answered = async (sim: string, stream: boolean, waits = false): Promise<Tried> => {
    const market = await openMarket();
    const { supplier } = await openSimulator(format, { patience: { firstByteMs: 3_000, totalMs: 5_000 } });
    const { outcome } = await market.run(format, supplier, { sim, stream });
    let hasRoom = !waits;
    if (stream) {
      const hearing = hear(outcome, { hasRoom: () => hasRoom });
      if (waits) await pause(100);
      hasRoom = true;
      tellerOf(outcome).drained();
      await hearing.all;
    }
    expect(market.ended).toHaveLength(1);
    return (market.ended[0] as { result: Tried }).result;
  };

  test("a stream tells when its first token came and how fast the others did", async () => {
    const result = await answered("tokens=100 chunks=50 delayBeforeHeadersMs=150 delayBetweenMs=10", true);
    expect(result).toEqual({
      kind: "answered",
      firstTokenMs: expect.any(Number),
      tokensPerSecond: expect.any(Number),
    });
    const { firstTokenMs = 0, tokensPerSecond = 0 } = result as Extract<Tried, { kind: "answered" }>;
    expect(firstTokenMs).toBeGreaterThanOrEqual(149);
    expect(firstTokenMs).toBeLessThan(2_000);
    // Fifty pieces take half a second at least.
    expect(tokensPerSecond).toBeGreaterThan(10);
    expect(tokensPerSecond).toBeLessThan(210);
  });

  test("one that is too short, or comes at once, tells no speed", async () => {
    for (const sim of ["tokens=4 chunks=4 delayBetweenMs=60", "tokens=300 chunks=1"]) {
      const result = await answered(sim, true);
      expect(result).toEqual({ kind: "answered", firstTokenMs: expect.any(Number) });
    }
  });

  test("nor does one that waited for its caller", async () => {
    const result = await answered("tokens=100 chunks=20 delayBetweenMs=10", true, true);
    expect(result).toEqual({ kind: "answered", firstTokenMs: expect.any(Number) });
  });

  test("a whole answer tells neither", async () => {
    expect(await answered("tokens=100", false)).toEqual({ kind: "answered" });
  });
});
