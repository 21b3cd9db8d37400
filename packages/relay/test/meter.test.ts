/** What was used, by what was told and what was delivered. */
import type { InferenceEvent, Part } from "@interchange/inference";
import { NO_USAGE } from "@interchange/inference";
import { describe, expect, test } from "vitest";
import { createMeter, usageOfAnswer } from "../src/meter.ts";

const INPUT = 100;
const at = { choice: 0, part: 0 };
const text = (bytes: number): InferenceEvent => ({ type: "text-delta", ...at, text: "x".repeat(bytes) });
const start = (input: number, output: number): InferenceEvent => ({
  type: "start",
  id: "i",
  model: "m",
  usage: { ...NO_USAGE, input, output },
});
const usage = (input: number, output: number): InferenceEvent => ({
  type: "usage",
  usage: { ...NO_USAGE, input, output },
});

describe("a stream", () => {
  test.each<[string, InferenceEvent[], { input: number; output: number; estimated?: true }]>([
    ["nothing at all", [], { input: INPUT, output: 0, estimated: true }],
    ["nothing reported", [text(40), text(1)], { input: INPUT, output: 11, estimated: true }],
    ["reported at the end", [text(40), usage(7, 25)], { input: 7, output: 25 }],
    ["reported at both ends", [start(7, 1), text(40), usage(7, 25)], { input: 7, output: 25 }],
    ["cut after the start: its output is a placeholder", [start(7, 1)], { input: 7, output: 0 }],
    ["cut in the middle", [start(7, 1), text(40)], { input: 7, output: 10, estimated: true }],
    [
      "cut between running totals",
      [usage(7, 3), text(8), usage(7, 5), text(6)],
      { input: 7, output: 7, estimated: true },
    ],
    ["reported as nothing", [text(40), usage(0, 0)], { input: INPUT, output: 10, estimated: true }],
    ["input alone reported", [text(40), usage(7, 0)], { input: 7, output: 10, estimated: true }],
    ["output alone reported", [text(40), usage(0, 9)], { input: INPUT, output: 9, estimated: true }],
    ["what has no text", [{ type: "ping" }, usage(7, 3), { type: "end" }], { input: 7, output: 3 }],
    [
      "every kind of text",
      (["text-delta", "refusal-delta", "reasoning-delta", "tool-input-delta"] as const).map((type) => ({
        type,
        ...at,
        text: "ääää",
      })),
      { input: INPUT, output: 8, estimated: true },
    ],
  ])("%s", (_, events, want) => {
    const meter = createMeter(INPUT, Date.now);
    for (const event of events) meter.note(event);
    const { input, output, estimated } = meter.usage();
    expect({ input, output, ...(estimated === true ? { estimated } : {}) }).toEqual(want);
  });
});

test("what was never told is not delivered, and a token of output is", () => {
  const meter = createMeter(INPUT, Date.now);
  meter.note(start(7, 1));
  expect(meter.hasDelivered()).toBe(false);
  meter.note(text(40));
  expect(meter.hasDelivered()).toBe(true);
  expect([0, 12, 40, 99].map((untold) => meter.usage(untold).output)).toEqual([10, 7, 0, 0]);
});

describe("a whole answer", () => {
  const content: Part[] = [
    { type: "text", text: "x".repeat(16) },
    { type: "reasoning", text: "x".repeat(8) },
    { type: "tool-call", callId: "c", name: "n", input: "x".repeat(12) },
    { type: "refusal", text: "x".repeat(4) },
    { type: "opaque", dialect: "d", wire: {} },
  ];

  test.each<[string, { input: number; output: number }, { input: number; output: number; estimated?: true }]>([
    ["reported", { input: 7, output: 25 }, { input: 7, output: 25 }],
    ["not reported", { input: 0, output: 0 }, { input: INPUT, output: 10, estimated: true }],
    ["input alone reported", { input: 7, output: 0 }, { input: 7, output: 10, estimated: true }],
    ["output alone reported", { input: 0, output: 9 }, { input: INPUT, output: 9, estimated: true }],
  ])("%s", (_, reported, want) => {
    const choices = [{ index: 0, content, finish: { reason: "stop" as const, raw: null } }];
    const answer = { id: "i", model: "m", choices, usage: { ...NO_USAGE, ...reported } };
    const { input, output, estimated } = usageOfAnswer(answer, INPUT);
    expect({ input, output, ...(estimated === true ? { estimated } : {}) }).toEqual(want);
  });
});
