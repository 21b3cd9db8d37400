/** What is held for an answer is what the supplier is asked for at most, on every surface and both ways. */

import { FORMATS, type Format } from "@interchange/config";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, QUESTIONS, type Rig, type RigOptions, startRig } from "./rig.ts";

const BASES = ["", "/inline"] as const;
const DEFAULT = 700;
const CEILING = 128_000;
/** Leaves less room in the context of text-prime than its ceiling of 30,000. */
const PROMPT = 110_000;

interface Sent {
  readonly max_tokens?: number;
  readonly max_completion_tokens?: number;
  readonly thinking?: { readonly budget_tokens: number };
}

const rigs: Rig[] = [];
let rig: Rig;
let frugal: Rig;

beforeAll(async () => {
  rig = await open({});
  const { limits } = rig.gateway.engine.config;
  frugal = await open({ config: { limits: { ...limits, holdOutputTokensDefault: DEFAULT } } });
});
afterAll(async () => {
  for (const each of rigs) await each.close();
});

async function open(options: RigOptions): Promise<Rig> {
  const opened = await startRig(options);
  rigs.push(opened);
  return opened;
}

/** What the supplier was sent, and how much of what was held for one request is for its answer. */
async function sentFor(market: Rig, surface: Format, base: string, extra: Record<string, unknown>) {
  const body = QUESTIONS[surface].body(extra);
  const weight = { textBytes: JSON.stringify(body).length, mediaTokens: 0 };
  // Before it is asked, since the estimate learns from what is answered.
  const prompt = market.gateway.engine.estimator.estimate(String(body["model"]), weight);
  const response = await ask(market, surface, { base, body });
  const text = await response.text();
  expect(response.status, text).toBe(200);
  const sent = JSON.parse(market.supplier.requests.at(-1)?.body.toString() ?? "") as Sent;
  const receipt = await market.receipt(response.headers.get("request-id") ?? "");
  return { sent, outputHeld: (receipt?.tokensHeld ?? Number.NaN) - prompt, prompt };
}

describe.each(BASES)("base %j", (base) => {
  describe.each(FORMATS)("%s", (surface) => {
    test.each([
      [500, 500],
      [CEILING, CEILING],
      [999_999_999, CEILING],
    ])("max_tokens: %i is sent as the %i that are held", async (max_tokens, want) => {
      const { sent, outputHeld } = await sentFor(rig, surface, base, { max_tokens });
      expect(sent.max_tokens).toBe(want);
      expect(outputHeld).toBe(want);
    });
  });

  test("a cap keeps its name", async () => {
    const { sent, outputHeld } = await sentFor(rig, "chat-completions", base, { max_completion_tokens: 999_999_999 });
    expect(sent).toMatchObject({ max_completion_tokens: CEILING });
    expect(sent).not.toHaveProperty("max_tokens");
    expect(outputHeld).toBe(CEILING);
  });

  test("without a cap the operator's own is sent and held, for each answer", async () => {
    const { sent, outputHeld } = await sentFor(frugal, "chat-completions", base, { n: 3 });
    expect(sent).toMatchObject({ max_tokens: DEFAULT, n: 3 });
    expect(outputHeld).toBe(3 * DEFAULT);
  });

  test("without any cap the instrument's ceiling is", async () => {
    const { sent, outputHeld } = await sentFor(rig, "chat-completions", base, {});
    expect(sent.max_tokens).toBe(CEILING);
    expect(outputHeld).toBe(CEILING);
  });

  test("a cap of ours leaves room for the prompt in the context", async () => {
    const content = "x".repeat(3 * PROMPT);
    const { contextTokens } = rig.gateway.engine.market.instrument("text-prime") ?? { contextTokens: Number.NaN };
    await rig.gateway.engine.ledger.deposit({
      accountId: rig.accountId,
      instrument: "text-prime",
      tokens: 1_000_000,
      costMicros: 1,
      reference: `room${base}`,
    });
    const extra = { model: "text-prime", messages: [{ role: "user", content }] };
    const { sent, outputHeld, prompt } = await sentFor(rig, "chat-completions", base, extra);
    expect(sent.max_tokens).toBe(outputHeld);
    expect(sent.max_tokens).toBe(contextTokens - prompt);
    expect(sent.max_tokens).toBeGreaterThan(10_000);
  });

  test("thinking has to find room in a cap that is lowered", async () => {
    const thinking = { type: "enabled", budget_tokens: 150_000 };
    const { sent } = await sentFor(rig, "messages", base, { max_tokens: 200_000, thinking });
    expect(sent).toMatchObject({ max_tokens: CEILING, thinking: { budget_tokens: CEILING - 1 } });
  });
});
