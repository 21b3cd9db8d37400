/** A stream that is cut after its k-th event, for every k: by the caller, who pays for what was delivered, or by the supplier. */
import type { Supplier as Simulator } from "@interchange/supplier-sim";
import { describe, expect, test } from "vitest";
import type { BrokenStreams, Supplier } from "../src/index.ts";
import {
  DEPOSITED,
  FORMATS,
  type Format,
  hear,
  INPUT_TOKENS,
  type Market,
  openMarket,
  openSimulator,
  PATIENT,
  supplierAt,
  tellerOf,
} from "./market.ts";

const PAIRS = FORMATS.flatMap((surface) => FORMATS.map((spoken) => [surface, spoken] as const));

const SITUATIONS = ["text", "thinking", "parallel-tools", "cached-usage"];

const CASES = PAIRS.flatMap(([surface, spoken]) =>
  SITUATIONS.map((situation) => [surface, spoken, situation] as const),
);

/** Bytes of output that a caller was told, whatever the pieces are called on its surface. Some say a thought twice. */
function bytesTold(events: readonly unknown[]): number {
  const texts = events.flatMap((event) => {
    const { choices = [], delta = {} } = event as { choices?: { delta: Piece }[]; delta?: Piece };
    return [...choices.map((choice) => choice.delta), delta].flatMap(textsOf);
  });
  return Buffer.byteLength(texts.join(""));
}

type Piece = Readonly<Record<string, string | null | undefined>> & {
  readonly tool_calls?: readonly { readonly function?: { readonly arguments?: string } }[];
};

function textsOf(piece: Piece): (string | null | undefined)[] {
  const calls = (piece.tool_calls ?? []).map((call) => call.function?.arguments);
  const { content, refusal, reasoning_content, reasoning, text, thinking, partial_json } = piece;
  return [content, refusal, reasoning_content ?? reasoning, text, thinking, partial_json, ...calls];
}

interface Cut {
  readonly told: readonly unknown[];
  readonly requestId: string;
  readonly isBegun: boolean;
}

interface Stage {
  readonly market: Market;
  readonly supplier: Supplier;
  readonly simulator: Simulator;
  readonly surface: Format;
  readonly situation: string;
  /** How many events the supplier sends when nobody cuts it. */
  readonly events: number;
  /** Tokens of the whole stream, as the supplier reports them. */
  readonly whole: Record<string, unknown>;
}

async function openStage(
  surface: Format,
  spoken: Format,
  situation: string,
  brokenStreams: BrokenStreams = "nothing",
): Promise<Stage> {
  const market = await openMarket({ brokenStreams });
  const { simulator } = await openSimulator(spoken);
  const supplier = supplierAt(spoken, simulator.url, undefined, PATIENT);
  const { requestId, outcome } = await market.run(surface, supplier, { sim: `transcript=${situation}`, stream: true });
  await hear(outcome).all;
  const { usage = {}, tokensUsed } = await market.receipt(requestId);
  await market.ledger.deposit({ accountId: market.accountId, instrument: "text", tokens: tokensUsed, costMicros: 0 });
  const events = simulator.requests.at(-1)?.eventsWritten ?? 0;
  expect(events).toBeGreaterThan(4);
  return { market, supplier, simulator, surface, situation, events, whole: usage };
}

/** One run for each number of events after which it is cut. */
function cuts({ events }: Stage, cut: (after: number) => Promise<Cut>): Promise<Cut[]> {
  return Promise.all(Array.from({ length: events }, (_, after) => cut(after)));
}

/** The supplier says so much and no more; the caller hears all of that, and goes. */
async function leaveAfter({ market, supplier, surface, situation }: Stage, after: number): Promise<Cut> {
  const leave = new AbortController();
  const sim = `transcript=${situation} fault=hang-mid-stream after=${after}`;
  // What has not begun by then never will.
  const timer = setTimeout(() => leave.abort(), 700);
  const { requestId, outcome } = await market.run(surface, supplier, { sim, stream: true, signal: leave.signal });
  clearTimeout(timer);
  if (outcome.kind !== "events") return { told: [], requestId, isBegun: false };
  const { events } = hear(outcome);
  for (let seen = -1; seen !== events.length; ) {
    seen = events.length;
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  const told = [...events];
  await tellerOf(outcome).leave();
  expect(events).toEqual(told);
  return { told, requestId, isBegun: true };
}

async function breakAfter(stage: Stage, fault: string, after: number): Promise<Cut> {
  const { market, supplier, surface, situation } = stage;
  const sim = `transcript=${situation} fault=${fault} after=${after}`;
  const { requestId, outcome } = await market.run(surface, supplier, { sim, stream: true });
  if (outcome.kind !== "events") return { told: [], requestId, isBegun: false };
  return { told: await hear(outcome).all, requestId, isBegun: true };
}

/**
 * Charged for what was told, by the supplier's report as far as it reaches, else by our own count of four bytes a token.
 * What a surface adds of its own to what is cut, such as arguments that are no more than braces, is not counted.
 */
async function expectPaid({ market, whole }: Stage, { requestId, told }: Cut): Promise<number> {
  const { status, usage, tokensUsed } = await market.receipt(requestId);
  const { input, output, estimated } = usage ?? {};
  expect(status).toBe("reconciled");
  expect([INPUT_TOKENS, whole["input"]]).toContain(input);
  if (estimated === true) expect(Math.abs(Number(output) - Math.ceil(bytesTold(told) / 4))).toBeLessThanOrEqual(1);
  else expect([0, whole["output"]]).toContain(output);
  if (estimated !== true && output === 0) expect(bytesTold(told)).toBe(0);
  return tokensUsed;
}

async function expectFree({ market }: Stage, { requestId }: Cut): Promise<number> {
  expect(await market.receipt(requestId)).toMatchObject({ status: "error", tokensUsed: 0, draws: [] });
  return 0;
}

async function expectBalanced({ market }: Stage, paid: Promise<number>[]): Promise<void> {
  const sum = (await Promise.all(paid)).reduce((one, other) => one + other, 0);
  expect(await market.available()).toBe(DEPOSITED - sum);
  expect(await market.ledger.audit()).toEqual([]);
  expect((await market.ledger.balance(market.accountId, "text")).held).toBe(0);
}

describe.each(CASES)("%s over %s, %s", (surface, spoken, situation) => {
  test("the caller leaves: it pays for what was delivered", async () => {
    const stage = await openStage(surface, spoken, situation);
    const left = await cuts(stage, (after) => leaveAfter(stage, after));
    const paid = left.map((cut) => (cut.isBegun ? expectPaid(stage, cut) : expectFree(stage, cut)));
    await expectBalanced(stage, paid);
    expect(left[0]?.isBegun).toBe(false);
    expect(new Set(left.map(({ told }) => bytesTold(told))).size).toBeGreaterThan(2);
    await expect.poll(() => stage.simulator.requests.slice(1).every((asked) => asked.aborted)).toBe(true);
  });

  test.each(["reset-mid-stream", "error-mid-stream", "close-mid-stream"])(
    "%s of the supplier: nothing, or as the operator says",
    async (fault) => {
      for (const policy of ["nothing", "delivered"] as const) {
        const stage = await openStage(surface, spoken, situation, policy);
        const broken = await cuts(stage, (after) => breakAfter(stage, fault, after));
        const paid = broken.map((cut) => {
          // Some say all that matters before their very last event.
          const isWhole = cut.isBegun && !hasError(cut.told.at(-1));
          const isOwed = policy === "delivered" && bytesTold(cut.told.filter((event) => !hasError(event))) > 0;
          return isWhole || isOwed
            ? expectPaid(stage, { ...cut, told: cut.told.filter((event) => !hasError(event)) })
            : expectFree(stage, cut);
        });
        await expectBalanced(stage, paid);
        expect(broken[0]?.isBegun).toBe(false);
        expect(broken.filter(({ told }) => hasError(told.at(-1))).length).toBeGreaterThan(2);
      }
    },
  );
});

function hasError(event: unknown): boolean {
  return typeof event === "object" && event !== null && "error" in event;
}
