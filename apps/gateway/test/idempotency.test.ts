/** The same Idempotency-Key and body never run or are paid twice, however often they are sent. */
import { randomUUID } from "node:crypto";
import Anthropic from "@anthropic-ai/sdk";
import { FORMATS, type Format } from "@interchange/config";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, INSTRUMENT, QUESTIONS, type Rig, startRig } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(async () => {
  expect(rig.outOfContract).toEqual([]);
  await rig.close();
});

const freshMark = (): Record<string, string> => ({ "idempotency-key": randomUUID() });

async function refusalOf(response: Response): Promise<{ status: number; message: string; retry: (string | null)[] }> {
  const { error } = (await response.json()) as { error: { message: string } };
  const retry = ["retry-after", "x-should-retry"].map((name) => response.headers.get(name));
  return { status: response.status, message: error.message, retry };
}

describe.each(FORMATS)("%s", (surface) => {
  test.each(["", "/inline"])("base %j: a finished one is told, with its receipt's id", async (base) => {
    const headers = freshMark();
    const first = await ask(rig, surface, { base, headers });
    await first.text();
    const { used } = await rig.balance();
    const second = await refusalOf(await ask(rig, surface, { base, headers }));
    expect(second.status).toBe(409);
    expect(second.message).toContain(first.headers.get("request-id"));
    expect(second.retry).toEqual([null, "false"]);
    expect((await rig.balance()).used).toBe(used);
  });

  test.each(["", "/inline"])("base %j: a running one is to be waited for", async (base) => {
    const headers = freshMark();
    const slow = slowly(surface);
    const first = ask(rig, surface, { base, headers, body: slow });
    await expect.poll(() => rig.supplier.requests.at(-1)?.body.toString() ?? "").toContain("betwixt");
    const second = await refusalOf(await ask(rig, surface, { base, headers, body: slow }));
    expect(second.status).toBe(409);
    expect(second.retry).toEqual(["1", null]);
    expect((await first).status).toBe(200);
  });

  test("another body is refused", async () => {
    const headers = freshMark();
    await (await ask(rig, surface, { headers })).text();
    const body = QUESTIONS[surface].body({ temperature: 0.1 });
    expect(await refusalOf(await ask(rig, surface, { headers, body }))).toMatchObject({
      status: 409,
      retry: [null, "false"],
    });
  });

  test("one that was never followed, or failed, is asked anew", async () => {
    const headers = freshMark();
    expect((await ask(rig, surface, { headers, redirect: "manual" })).status).toBe(307);
    rig.supplier.program({ status: 500 }, { times: 1 });
    expect((await ask(rig, surface, { headers })).status).toBe(502);
    expect((await ask(rig, surface, { headers })).status).toBe(200);
  });

  test("of ten at once one is run", async () => {
    const headers = freshMark();
    const asked = rig.supplier.requests.length;
    const responses = await Promise.all(
      Array.from({ length: 10 }, () => ask(rig, surface, { base: "/inline", headers })),
    );
    expect(responses.map((response) => response.status).toSorted((a, b) => a - b)).toEqual([
      200,
      ...Array.from({ length: 9 }, () => 409),
    ]);
    expect(rig.supplier.requests.length).toBe(asked + 1);
  });
});

function slowly(surface: Format): Record<string, unknown> {
  return QUESTIONS[surface].body({
    messages: [{ role: "user", content: "betwixt [[sim delayBeforeHeadersMs=300]]" }],
  });
}

test("both SDKs raise their conflict class", async () => {
  const question = { model: INSTRUMENT, messages: [{ role: "user" as const, content: "Hello" }] };
  const openai = new OpenAI({ baseURL: `${rig.url}/v1`, apiKey: rig.key });
  const mark = { headers: freshMark() };
  await openai.chat.completions.create(question, mark);
  await expect(openai.chat.completions.create(question, mark)).rejects.toBeInstanceOf(OpenAI.ConflictError);
  const anthropic = new Anthropic({ baseURL: rig.url, apiKey: rig.key });
  const other = { headers: freshMark() };
  await anthropic.messages.create({ ...question, max_tokens: 20 }, other);
  const again = anthropic.messages.create({ ...question, max_tokens: 20 }, other);
  await expect(again).rejects.toBeInstanceOf(Anthropic.ConflictError);
});
