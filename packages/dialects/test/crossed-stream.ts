/** What every stream in a format keeps to, whoever the supplier was: the order of its events, its counting, its one end. */
import type { InferenceEvent } from "@interchange/inference";
import { expect } from "vitest";
import type { Json } from "./situation.ts";

export type Rules = (events: readonly Json[], told: readonly InferenceEvent[]) => void;

/** By the name of the surface. Usage is shown. */
export const RULES: Readonly<Record<string, Rules>> = { messages: checkMessages, "chat-completions": checkChat };

function checkMessages(events: readonly Json[], told: readonly InferenceEvent[]): void {
  const blocks = new Blocks();
  const frame = events.filter(({ type }) => type !== "ping" && !String(type).startsWith("content_block"));
  for (const event of events) blocks.see(event);
  const failed = told.at(-1)?.type === "error";
  const types = frame.map(({ type }) => type);
  if (failed) return expect(types).toEqual(types.length === 1 ? ["error"] : ["message_start", "error"]);
  expect(types).toEqual(["message_start", "message_delta", "message_stop"]);
  expect(events.at(-1)?.type).toBe("message_stop");
  expect(frame[0]?.message).toMatchObject({ role: "assistant", content: [], stop_reason: null, stop_sequence: null });
  const { stop_reason } = (frame[1]?.delta ?? {}) as Json;
  expect(stop_reason).toEqual(expect.any(String));
  if (blocks.calls > 0) expect(["end_turn", "stop_sequence"]).not.toContain(stop_reason);
  expect(frame[1]?.usage).toMatchObject({ input_tokens: expect.any(Number), output_tokens: expect.any(Number) });
}

const DELTAS: Readonly<Record<string, readonly string[]>> = {
  text: ["text_delta", "citations_delta"],
  thinking: ["thinking_delta", "signature_delta"],
  tool_use: ["input_json_delta"],
  redacted_thinking: [],
};

/** One open at a time, numbers dense from 0, steps of the block's own kind, none open when the end is told. */
class Blocks {
  calls = 0;
  #next = 0;
  #open: Json | undefined;

  see(event: Json): void {
    if (event.type === "content_block_start") this.#start(event);
    else if (event.type === "content_block_delta") this.#delta(event);
    else if (event.type === "content_block_stop") this.#stop(event);
    else if (event.type !== "ping") expect(this.#open, `a block is open before ${event.type}`).toBe(undefined);
  }

  #start({ index, content_block }: Json): void {
    expect(this.#open).toBe(undefined);
    expect(index).toBe(this.#next);
    this.#open = content_block as Json;
    if (this.#open.type !== "tool_use") return;
    this.calls++;
    expect(this.#open).toMatchObject({ id: expect.stringMatching(/^[A-Za-z0-9_-]{1,64}$/), input: {} });
  }

  #delta({ index, delta }: Json): void {
    expect(index).toBe(this.#next);
    const kinds = DELTAS[String(this.#open?.type)];
    if (kinds !== undefined) expect(kinds).toContain((delta as Json).type);
  }

  #stop({ index }: Json): void {
    expect(this.#open).toBeDefined();
    expect(index).toBe(this.#next++);
    this.#open = undefined;
  }
}

interface Choice {
  readonly index: number;
  readonly delta: Json;
  readonly finish_reason: string | null;
}

function checkChat(events: readonly Json[], told: readonly InferenceEvent[]): void {
  const failed = told.at(-1)?.type === "error";
  const chunks = failed ? events.slice(0, -1) : events;
  if (failed) expect(events.at(-1)?.error).toMatchObject({ message: expect.stringMatching(/\S/) });
  expect(chunks.every((chunk) => !("error" in chunk))).toBe(true);
  checkHeads(chunks);
  const choices = chunks.flatMap((chunk) => chunk.choices as readonly Choice[]);
  expect(new Set(choices.map(({ index }) => index)).size).toBeLessThanOrEqual(1);
  expect(choices.map(({ delta }) => delta.role)).toEqual(
    choices.map((_, nth) => (nth === 0 ? "assistant" : undefined)),
  );
  checkCalls(choices.flatMap(({ delta }) => (delta.tool_calls ?? []) as readonly Json[]));
  const finishes = choices.map(({ finish_reason }) => finish_reason !== null);
  const finished = told.some(({ type }) => type === "finish");
  expect(finishes.filter(Boolean).length).toBe(finished ? 1 : 0);
  if (finished) expect(finishes.at(-1)).toBe(true);
  if (!failed) checkUsage(chunks);
}

/** Every chunk says the same of the whole. */
function checkHeads(chunks: readonly Json[]): void {
  const heads = chunks.map(({ id, object, created, model }) => JSON.stringify([id, object, created, model]));
  expect(new Set(heads).size).toBeLessThanOrEqual(1);
}

/** Counted 0, 1, 2…; the first step of a call names it and says no arguments, the others say arguments alone. */
function checkCalls(steps: readonly Json[]): void {
  let count = 0;
  for (const step of steps) {
    const first = step.index === count;
    if (first) count++;
    else expect(step.index).toBeLessThan(count);
    const inner = first ? { name: expect.any(String), arguments: "" } : { arguments: expect.any(String) };
    if (first) expect(step).toMatchObject({ id: expect.any(String), type: "function", function: inner });
    else expect(step).toEqual({ index: step.index, function: inner });
  }
}

/** The last chunk, and no other, tells the usage. */
function checkUsage(chunks: readonly Json[]): void {
  expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: expect.any(Number) } });
  for (const chunk of chunks.slice(0, -1)) expect(chunk.usage).toBe(null);
  expect(chunks.slice(0, -1).every(({ choices }) => (choices as readonly unknown[]).length === 1)).toBe(true);
}
