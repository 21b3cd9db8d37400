/** What is counted and what is charged, over suppliers of the other format, on a running gateway. */
import { setTimeout as sleep } from "node:timers/promises";
import { totalTokens, type Usage } from "@interchange/inference";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, INSTRUMENT, QUESTIONS } from "../rig.ts";
import { type Crossing, json, openCrossing } from "./crossing.ts";
import { CUT, type Piece } from "./scripted-supplier.ts";
import {
  chatUsage,
  chunk,
  completion,
  DONE,
  MESSAGE_STOP,
  message,
  messageDelta,
  messageStart,
  ROLE,
  textBlock,
  usageChunk,
  type Wire,
} from "./wire-format.ts";

let toMessages: Crossing;
let toChat: Crossing;
beforeAll(async () => {
  [toMessages, toChat] = await Promise.all([openCrossing("messages"), openCrossing("chat-completions")]);
});
afterAll(async () => {
  await toMessages.close();
  await toChat.close();
});

const text = (said: string): Wire => ({ type: "text", text: said });

/** What was settled, as the books have it. */
async function settledBy(crossing: Crossing, requestId: string): Promise<{ tokens: number; usage: Usage }> {
  const receipt = await crossing.rig.receipt(requestId);
  expect(receipt?.status).toBe("reconciled");
  return { tokens: receipt?.tokensUsed ?? 0, usage: receipt?.usage as unknown as Usage };
}

const CHAT_USAGE = chatUsage(100, 20, {
  prompt_tokens_details: { cached_tokens: 60 },
  completion_tokens_details: { reasoning_tokens: 8 },
});

describe("U01 U03 a Chat supplier's usage, told by Messages", () => {
  const want = { input_tokens: 40, cache_read_input_tokens: 60, output_tokens: 20 };
  const counted = { input: 40, cacheRead: 60, output: 20, reasoning: 8 };

  test("whole", async () => {
    const { body, requestId } = await toMessages.whole(completion({ content: "Hello" }, "stop", { usage: CHAT_USAGE }));
    expect(body["usage"]).toMatchObject(want);
    const { tokens, usage } = await settledBy(toMessages, requestId);
    expect(usage).toMatchObject(counted);
    expect(tokens).toBe(120);
  });

  test("streamed", async () => {
    const end = usageChunk(100, 20, {
      prompt_tokens_details: { cached_tokens: 60 },
      completion_tokens_details: { reasoning_tokens: 8 },
    });
    const { events, requestId } = await toMessages.stream([
      ROLE,
      chunk({ content: "Hello" }),
      chunk({}, "stop"),
      end,
      DONE,
    ]);
    expect(events.at(-2)?.["usage"]).toMatchObject(want);
    expect((await settledBy(toMessages, requestId)).tokens).toBe(120);
  });
});

const LIVES = { ephemeral_5m_input_tokens: 30, ephemeral_1h_input_tokens: 10 };
const MESSAGES_USAGE = {
  input_tokens: 10,
  cache_read_input_tokens: 50,
  cache_creation_input_tokens: 40,
  cache_creation: LIVES,
  output_tokens: 20,
  output_tokens_details: { thinking_tokens: 8 },
};

describe("U01 U02 U03 a Messages supplier's usage, told by Chat", () => {
  const want = {
    prompt_tokens: 100,
    completion_tokens: 20,
    total_tokens: 120,
    prompt_tokens_details: { cached_tokens: 50 },
    completion_tokens_details: { reasoning_tokens: 8 },
  };

  test("whole", async () => {
    const { body, requestId } = await toChat.whole(message([text("Hello")], "end_turn", { usage: MESSAGES_USAGE }));
    expect(body["usage"]).toMatchObject(want);
    const { tokens, usage } = await settledBy(toChat, requestId);
    expect(usage).toMatchObject({
      input: 10,
      cacheRead: 50,
      cacheWrite5m: 30,
      cacheWrite1h: 10,
      output: 20,
      reasoning: 8,
    });
    expect([tokens, totalTokens(usage)]).toEqual([120, 120]);
  });

  test("streamed", async () => {
    const given = [
      messageStart({ ...MESSAGES_USAGE, output_tokens: 1 }),
      textBlock(0, "Hello"),
      messageDelta("end_turn", MESSAGES_USAGE),
      MESSAGE_STOP,
    ];
    const { events, requestId } = await toChat.stream(given, { stream_options: { include_usage: true } });
    expect(events.at(-1)?.["usage"]).toMatchObject(want);
    const { tokens, usage } = await settledBy(toChat, requestId);
    expect(usage).toMatchObject({ cacheWrite5m: 30, cacheWrite1h: 10 });
    expect(tokens).toBe(120);
  });
});

test("U02 writes to a cache whose life is not told are those of five minutes", async () => {
  const { cache_creation: _, ...usage } = MESSAGES_USAGE;
  const { requestId } = await toChat.whole(message([text("Hello")], "end_turn", { usage }));
  expect((await settledBy(toChat, requestId)).usage).toMatchObject({ cacheWrite5m: 40, cacheWrite1h: 0 });
});

const WORDS = "These are some forty characters of text.";

describe("U04 usage that no supplier tells is estimated, told and marked", () => {
  const { usage: _, ...silent } = completion({ content: WORDS });

  test.each<[string, () => Crossing, () => Promise<{ requestId: string; told: unknown }>]>([
    [
      "Messages, whole",
      () => toMessages,
      async () => {
        const { requestId, body } = await toMessages.whole(silent);
        return { requestId, told: (body["usage"] as Wire)["output_tokens"] };
      },
    ],
    [
      "Messages, streamed",
      () => toMessages,
      async () => {
        const { requestId, events } = await toMessages.stream([
          ROLE,
          chunk({ content: WORDS }),
          chunk({}, "stop"),
          DONE,
        ]);
        return { requestId, told: (events.at(-2)?.["usage"] as Wire | undefined)?.["output_tokens"] };
      },
    ],
    [
      "Chat, streamed",
      () => toChat,
      async () => {
        const given = [messageStart({}), textBlock(0, WORDS), messageDelta("end_turn", {}), MESSAGE_STOP];
        const { requestId, events } = await toChat.stream(given, { stream_options: { include_usage: true } });
        return { requestId, told: (events.at(-1)?.["usage"] as Wire | undefined)?.["completion_tokens"] };
      },
    ],
  ])("%s", async (_title, crossingOf, run) => {
    const { requestId, told } = await run();
    expect(told).toBeGreaterThanOrEqual(5);
    expect(told).toBeLessThanOrEqual(20);
    const { usage } = await settledBy(crossingOf(), requestId);
    expect(usage).toMatchObject({ estimated: true, output: told });
    expect(usage.input).toBeGreaterThan(0);
  });
});

/** So many words, 20 ms apart, then silence. */
const slowly = (said: (word: string) => string): Piece[] =>
  Array.from({ length: 200 }, (): Piece[] => [said("tick tock "), { pauseMs: 20 }]).flat();

describe.each(["", "/inline"])("U05 whoever leaves pays for what was delivered, at base %j", (base) => {
  test.each<[string, () => Crossing, Piece[]]>([
    ["messages", () => toMessages, [ROLE, ...slowly((content) => chunk({ content }))]],
    ["chat-completions", () => toChat, [messageStart(), ...slowly((word) => textBlock(0, word))]],
  ])("%s", async (_surface, crossingOf, pieces) => {
    const crossing = crossingOf();
    crossing.suppliers[0]?.answer({ pieces });
    const leaving = new AbortController();
    const body = QUESTIONS[crossing.surface].body({ stream: true });
    const response = await ask(crossing.rig, crossing.surface, { base, body, signal: leaving.signal });
    let read = "";
    const decoder = new TextDecoder();
    for await (const bytes of response.body ?? []) {
      read += decoder.decode(bytes as Uint8Array, { stream: true });
      if (read.split("tick tock").length > 20) break;
    }
    leaving.abort();
    const requestId = response.headers.get("request-id") ?? "";
    await expect.poll(async () => (await crossing.rig.receipt(requestId))?.status).toBe("reconciled");
    const { usage } = await settledBy(crossing, requestId);
    const words = read.split("tick tock").length - 1;
    const delivered = (words * "tick tock ".length) / 4;
    expect(usage.output).toBeGreaterThan(delivered * 0.8);
    expect(usage.output).toBeLessThan(delivered * 1.5 + 10);
  });
});

test("U06 only the attempt that was delivered is charged", async () => {
  const crossing = await openCrossing("chat-completions", { formats: ["messages", "messages"] });
  crossing.suppliers[0]?.answer(json({ type: "error", error: { type: "api_error", message: "gone" } }, 500));
  crossing.suppliers[1]?.answer(json(message([text("Hello")])));
  const { url, key } = crossing.rig;
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 2 });
  const answer = await client.chat.completions.create({
    model: INSTRUMENT,
    messages: [{ role: "user", content: "Hi" }],
  });
  expect(answer.usage?.total_tokens).toBe(12);
  expect(crossing.suppliers.map(({ asked }) => asked.length)).toEqual([1, 1]);
  expect(await crossing.rig.balance()).toMatchObject({ used: 12, held: 0 });
  await crossing.close();
});

test("U06 nor is a stream that the supplier broke off", async () => {
  const before = await toMessages.rig.balance();
  const { ending, requestId } = await toMessages.stream([ROLE, chunk({ content: WORDS }), { pauseMs: 20 }, CUT]);
  expect(ending).toBe("broken");
  await sleep(20);
  expect(await toMessages.rig.receipt(requestId)).toMatchObject({ status: "error", tokensUsed: 0, costMicros: 0 });
  expect(await toMessages.rig.balance()).toMatchObject({ used: before.used, held: 0 });
});

test("U07 what a lot cost is charged in whole micro-units, rounded down on the way and exact at the end", async () => {
  const { rig } = toMessages;
  const { ledger } = rig.gateway.engine;
  const first = await toMessages.whole(completion({ content: "Hello" }));
  const { tokensHeld = 0 } = (await rig.receipt(first.requestId)) ?? {};
  const { id: accountId } = await ledger.openAccount({ name: "Uneven" });
  // The last of them leaves room for its own hold and for nothing else.
  const [times, each] = [5, 12];
  const tokens = times * each + tokensHeld;
  // A token comes to two thirds of a micro-unit, and some more.
  const costMicros = Math.ceil((tokens * 2) / 3);
  await ledger.deposit({ accountId, instrument: INSTRUMENT, tokens, costMicros });
  const { secret: key } = await ledger.createKey({ accountId, role: "consumption" });
  let charged = 0;
  for (let nth = 1; nth <= times + 1; nth += 1) {
    const used = nth <= times ? each : tokensHeld;
    const answer = completion({ content: "Hello" }, "stop", { usage: chatUsage(used - 5, 5) });
    const { requestId } = await toMessages.whole(answer, {}, { key });
    const receipt = await rig.receipt(requestId);
    expect(receipt).toMatchObject({ tokensUsed: used, draws: [{ tokens: used, costMicros: receipt?.costMicros }] });
    charged += receipt?.costMicros ?? Number.NaN;
    const drawn = nth <= times ? nth * each : tokens;
    expect(charged).toBe(Math.floor((drawn * costMicros) / tokens));
  }
  expect(charged).toBe(costMicros);
  expect(await ledger.balance(accountId, INSTRUMENT)).toMatchObject({ available: 0, held: 0, used: tokens });
});
