/**
 * Tokens are counted as published for the encoding, pictures as the vendor's table says; what is hostile takes bounded
 * work; and what suppliers settle is learned.
 */
import { randomBytes } from "node:crypto";
import { type Dialect, dialects } from "@interchange/dialects";
import { NO_USAGE } from "@interchange/inference";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { createCalibration } from "../src/token-count/calibration.ts";
import { documentTokens } from "../src/token-count/document.ts";
import { createTokenCounter } from "../src/token-count/index.ts";
import { type Measure, measureBy } from "../src/token-count/measure.ts";
import { pictureTokens } from "../src/token-count/picture.ts";
import { readPrompt } from "../src/token-count/prompt.ts";
import { COUNTED_CHARS_MAX, sliceUp } from "../src/token-count/slices.ts";
import { createTokenizerThread } from "../src/token-count/thread.ts";
import { countSlices } from "../src/token-count/tokenizer.ts";
import { gif, jpeg, png, webp } from "./picture.ts";

const counter = createTokenCounter({
  clock: Date.now,
  onError: (error) => {
    throw error;
  },
});
afterAll(() => counter.close());

function countText(text: string): number {
  const { slices, weight } = sliceUp([text]);
  return countSlices(slices).tokens * weight;
}

describe("text", () => {
  // OpenAI Cookbook, "How to count tokens with tiktoken": the comparison of encodings, o200k_base.
  test.each([
    ["antidisestablishmentarianism", 6],
    ["2 + 2 = 4", 7],
    ["お誕生日おめでとう", 8],
    ["", 0],
  ])("%s has %i tokens", (text, want) => {
    expect(countText(text)).toBe(want);
  });

  test("what looks like a mark of the encoding is text", () => {
    expect(countText("<|endoftext|>".repeat(10))).toBeGreaterThan(30);
  });

  test("half of a pair of surrogates is text", () => {
    expect(countText("\ud83d")).toBeGreaterThan(0);
  });
});

describe("texts of any length are cut", () => {
  const texts: readonly [name: string, text: string][] = [
    ["one endless word", "a".repeat(200_000)],
    ["nothing but spaces", " ".repeat(200_000)],
    ["noise", randomBytes(150_000).toString("base64")],
    ["megabytes", "What is said once is said again. ".repeat(900_000)],
  ];

  test.each(texts)("%s", (_, text) => {
    const { slices, weight } = sliceUp([text]);
    const chars = slices.reduce((sum, slice) => sum + slice.length, 0);
    expect(Math.max(...slices.map((slice) => slice.length))).toBeLessThanOrEqual(512);
    expect(chars).toBeLessThanOrEqual(COUNTED_CHARS_MAX + 512);
    expect(chars * weight).toBeCloseTo(text.length, 0);
    expect(weight).toBeCloseTo(Math.max(1, text.length / COUNTED_CHARS_MAX), 0);
  });

  test("of many short texts and few long ones, no more is counted than of one", () => {
    const texts = Array.from({ length: 40_000 }, (_, index) => (index % 8 === 0 ? "b".repeat(512) : "a"));
    const chars = sliceUp(texts).slices.reduce((sum, slice) => sum + slice.length, 0);
    expect(chars).toBeLessThanOrEqual(COUNTED_CHARS_MAX + 512);
  });

  test("a sample of a long text says what the whole would", () => {
    const rows = Array.from({ length: 40_000 }, (_, row) => `${row}: ${"lorem ipsum 12,5 € ".repeat(row % 5)}\n`);
    const whole = rows.reduce((sum, row) => sum + countText(row), 0);
    const ratio = countText(rows.join("")) / whole;
    expect(ratio).toBeGreaterThan(0.97);
    expect(ratio).toBeLessThan(1.05);
  });
});

describe("pictures", () => {
  // Anthropic, "Vision": the table of pictures that are not scaled, and the size at which they are.
  test.each([
    ["a small PNG", png(200, 200), 54],
    ["a PNG", png(1_000, 1_000), 1_334],
    ["a PNG as large as is not scaled", png(1_092, 1_092), 1_590],
    ["a wide PNG", png(3_136, 400), 419],
    ["a huge PNG", png(30_000, 30_000), 1_600],
    ["a GIF", gif(1_000, 1_000), 1_334],
    ["a WebP", webp(1_000, 1_000), 1_334],
    ["a JPEG", jpeg(1_000, 1_000), 1_334],
    ["a JPEG behind what a camera wrote", jpeg(1_000, 1_000, 60_000), 1_334],
    ["nothing", "", 1_600],
    ["no picture", randomBytes(300).toString("base64"), 1_600],
    ["no base64", "%%%%", 1_600],
    ["a PNG cut short", png(200, 200).slice(0, 20), 1_600],
    ["a PNG without a pixel", png(0, 200), 1_600],
    ["a JPEG cut short", jpeg(200, 200, 60_000).slice(0, 1_000), 1_600],
  ])("%s", (_, data, want) => {
    expect(pictureTokens(data)).toBeLessThanOrEqual(want);
    expect(pictureTokens(data)).toBeGreaterThan(want * 0.99);
  });
});

describe("documents", () => {
  const pdf = (pages: number, between = 300): string =>
    Buffer.from(
      `%PDF-1.4\n1 0 obj << /Type /Pages /Count ${pages} >> endobj\n${`2 0 obj << /Type /Page >> endobj\n${" ".repeat(between)}`.repeat(pages)}`,
    ).toString("base64");

  test.each([
    ["pages are counted", pdf(7), 7],
    ["pages of a large file are reckoned from its beginning", pdf(100, 40_000), 100],
    ["pages that are compressed are reckoned from the bytes", randomBytes(499_000).toString("base64"), 10],
    ["no file is empty", "", 1],
    ["marks that stand too close are no pages", Buffer.from("/Type/Page ".repeat(1_000)).toString("base64"), 44],
    ["nor are more than anybody takes", Buffer.from("/Type/Page ".repeat(300_000)).toString("base64"), 600],
    ["nor in what was not looked at", pdf(6_000), 600],
    ["nor by bytes alone", "A".repeat(50_000_000), 600],
  ])("%s", (_, data, pages) => {
    expect(documentTokens(data)).toBeGreaterThanOrEqual(pages * 2_500);
    expect(documentTokens(data)).toBeLessThanOrEqual(pages * 2_500 * 1.05);
  });
});

type Body = Readonly<Record<string, unknown>>;

const read = (body: Body) => (dialects.messages as Dialect).surface.readRequest({ model: "m", ...body } as never);
const user = (content: unknown) => ({ role: "user", content });

describe("a prompt", () => {
  const said = (...texts: string[]) => ({ texts });
  const thought = (thinking: string) => ({
    role: "assistant",
    content: [{ type: "thinking", thinking, signature: "s" }],
  });
  const result = (content: unknown) => user([{ type: "tool_result", tool_use_id: "t", content }]);
  const call = { role: "assistant", content: [{ type: "tool_use", id: "t", name: "tide", input: { port: "Ystad" } }] };

  test.each<[string, Body, unknown]>([
    ["system and turns", { system: "Be brief.", messages: [user("Hi")] }, said("Be brief.", "Hi")],
    ["calls", { messages: [user("Hi"), call] }, said("Hi", "tide", '{"port":"Ystad"}')],
    ["results", { messages: [result([{ type: "text", text: "High" }])] }, said("High")],
    ["a picture in a result", { messages: [result([image(png(1_000, 1_000))])] }, { mediaTokens: 1_334 }],
    [
      "a picture elsewhere",
      { messages: [user([{ type: "image", source: { type: "url", url: "https://a.b" } }])] },
      { mediaTokens: 1_600 },
    ],
    [
      "a document that is text",
      { messages: [user([document({ type: "text", media_type: "text/plain", data: "Rules" })])] },
      said("Rules"),
    ],
    [
      "a document elsewhere",
      { messages: [user([document({ type: "url", url: "https://a.b/c.pdf" })])] },
      { mediaTokens: 25_000 },
    ],
    [
      "thinking of the turn at hand",
      { messages: [user("Hi"), thought("Hm."), result("High")] },
      said("Hi", "Hm.", "High"),
    ],
    ["no thinking of turns before", { messages: [user("Hi"), thought("Hm."), user("Ho")] }, said("Hi", "Ho")],
    [
      "a kind that nobody knows",
      { messages: [user([{ type: "hologram", depth: 3 }])] },
      said('{"type":"hologram","depth":3}'),
    ],
    ["no tools", { tools: [], messages: [user("Hi")] }, { tools: [] }],
    [
      "tools",
      { tools: [{ name: "tide", input_schema: { type: "object" } }], messages: [] },
      { tools: ['{"name":"tide","input_schema":{"type":"object"}}'] },
    ],
    [
      "a tool of the vendor's own",
      { tools: [{ type: "bash_20250124", name: "bash" }], messages: [] },
      { tools: ['{"type":"bash_20250124","name":"bash"}'] },
    ],
  ])("%s", (_, body, want) => {
    expect(readPrompt(read(body))).toMatchObject(want as object);
  });
});

function image(data: string): Body {
  return { type: "image", source: { type: "base64", media_type: "image/png", data } };
}

function document(source: Body): Body {
  return { type: "document", source };
}

test("another message never makes it less", async () => {
  const content = fc.oneof(fc.string({ unit: "grapheme", maxLength: 2_000 }), fc.constant([image(png(640, 480))]));
  const role = fc.constantFrom("user", "assistant");
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ role, content }), { maxLength: 6 }),
      fc.record({ role, content }),
      async (messages, more) => {
        const less = await counter.count(read({ messages }), undefined);
        expect(await counter.count(read({ messages: [...messages, more] }), undefined)).toBeGreaterThanOrEqual(less);
      },
    ),
    { numRuns: 40 },
  );
});

describe("calibration", () => {
  const measure = (known: Partial<Measure>): Measure => measureBy((key) => known[key] ?? 0);
  const TEXT = measure({ text: 1_000, marks: 4 });
  const TOOLS = measure({ text: 1_000, tools: 900, toolset: 100, marks: 4 });
  const GREEK = measure({ text: 1_000, twoByte: 1_000, marks: 4 });
  const PICTURE = measure({ text: 100, media: 1_600, marks: 4 });

  /** How near the count comes to what is settled, by the kind of request, when it is learned so often. */
  function nearness(settledOf: (measured: Measure) => number, lessons: readonly Measure[], times = 1): number[] {
    const calibration = createCalibration();
    for (const lesson of Array.from({ length: times }, () => lessons).flat())
      calibration.learn("m", lesson, settledOf(lesson));
    return [TEXT, TOOLS, GREEK, PICTURE].map((asked) => calibration.predict("m", asked) / settledOf(asked));
  }

  const close = expect.toSatisfy((ratio: number) => ratio >= 1 && ratio <= 1.08, "close, and not less");

  test("what is not known is taken for the encoding's own model", () => {
    expect(nearness(({ text, marks, media }) => text + marks + media, [])).toEqual([close, close, close, close]);
  });

  test.each([0.7, 1.3, 2])(
    "one request tells of a tokenizer that gives %f tokens for one, also for tools and scripts not seen",
    (ratio) => {
      const [text, tools, greek] = nearness(({ text: tokens }) => tokens * ratio, [TEXT], 4);
      expect([text, tools, greek]).toEqual([close, close, close]);
    },
  );

  test("each kind is learned beside the others", () => {
    const settledOf = (of: Measure) =>
      1.2 * of.text + 0.4 * of.twoByte + 0.1 * of.tools + 3.4 * of.toolset + 0.2 * of.media;
    expect(nearness(settledOf, [TEXT, TOOLS, GREEK, PICTURE], 4)).toEqual([close, close, close, close]);
  });

  test("a model that changes is followed", () => {
    const calibration = createCalibration();
    for (let count = 0; count < 500; count += 1) calibration.learn("m", TEXT, 1_000);
    for (let count = 0; count < 40; count += 1) calibration.learn("m", TEXT, 1_300);
    expect(calibration.predict("m", TEXT) / 1_300).toBeGreaterThan(1);
  });

  test.each([0, 1, 100, 50_000, Number.MAX_SAFE_INTEGER])(
    "a supplier that reports %i for a thousand is not believed",
    (settled) => {
      const calibration = createCalibration();
      calibration.learn("m", TEXT, settled);
      expect(calibration.learned("m")).toBe(0);
    },
  );

  test("no model learns from another", () => {
    const calibration = createCalibration();
    calibration.learn("m", TEXT, 2_000);
    expect(calibration.predict("n", TEXT)).toBeLessThan(1_100);
  });
});

describe("lessons", () => {
  const lesson = read({ messages: [user("The pilot comes aboard at the second buoy. ".repeat(40))] });

  async function after(model: string, request: typeof lesson, usage: object): Promise<number> {
    const served = { supplier: "s", model };
    counter.learn(request, served, { ...NO_USAGE, ...usage });
    await counter.idle();
    return counter.count(lesson, served);
  }

  test("all input counts, also what was read from a cache", async () => {
    const raw = await counter.count(lesson, undefined);
    const usage = { input: 10, cacheRead: raw, cacheWrite5m: raw - 10, output: 7 };
    expect(await after("cached", lesson, usage)).toBeGreaterThan(raw * 1.7);
  });

  test.each<[string, object, Body]>([
    ["usage that nobody reported", { input: 1_000, estimated: true }, {}],
    ["a report of nothing", { input: 0, output: 7 }, {}],
    ["a prompt too short to tell", { input: 12 }, { messages: [user("Hi")] }],
    ["a prompt too long to count whole", { input: 60_000 }, { messages: [user("Hi there. ".repeat(20_000))] }],
  ])("%s teaches nothing", async (name, usage, body) => {
    const raw = await counter.count(lesson, undefined);
    expect(await after(name, body["messages"] ? read(body) : lesson, usage)).toBe(raw);
  });

  test("of a model that is known well, one request a second is learned from", async () => {
    let nowMs = 1_000;
    const slow = createTokenCounter({ clock: () => nowMs, onError: () => undefined });
    const served = { supplier: "s", model: "m" };
    const raw = await slow.count(lesson, undefined);
    const settle = async (ratio: number, times: number) => {
      for (let time = 0; time < times; time += 1) {
        slow.learn(lesson, served, { ...NO_USAGE, input: Math.round((raw / 1.03) * ratio) });
        await slow.idle();
      }
      return (await slow.count(lesson, served)) / raw;
    };
    const known = await settle(1, 64);
    expect(await settle(1.5, 20)).toBe(known);
    nowMs += 1_000;
    expect(await settle(1.5, 20)).toBeGreaterThan(known);
    await slow.close();
  });

  test("a counter that was closed counts no more, and says so", async () => {
    const closed = createTokenCounter({ clock: Date.now, onError: () => undefined });
    await closed.count(lesson, undefined);
    await closed.close();
    await expect(closed.count(lesson, undefined)).rejects.toThrow("closed");
  });

  test("a crowd beyond what can be waited for is turned away, the others are counted", async () => {
    const counts = await Promise.allSettled(Array.from({ length: 120 }, () => counter.count(lesson, undefined)));
    expect(counts.filter(({ status }) => status === "fulfilled")).toHaveLength(100);
  });

  test("a thread that failed is followed by another", async () => {
    const thread = createTokenizerThread();
    const failing = thread.count({ texts: [7 as never], tools: [] });
    await expect(failing).rejects.toThrow("ended");
    expect(thread.waiting()).toBe(0);
    expect((await thread.count({ texts: ["2 + 2 = 4"], tools: [] })).texts.tokens).toBe(7);
    await thread.close();
  });

  test("whoever would wait too long hears of it", async () => {
    const late = createTokenCounter({ clock: Date.now, patienceMs: 1, onError: () => undefined });
    await expect(late.count(lesson, undefined)).rejects.toThrow("too long");
    await late.close();
  });

  test("whoever waits for a thread that ends hears of it", async () => {
    const ending = createTokenCounter({ clock: Date.now, onError: () => undefined });
    const waiting = ending.count(lesson, undefined);
    await Promise.all([expect(waiting).rejects.toThrow("ended"), ending.close()]);
  });
});
