/** The main job, on every surface and both ways: asked, held, routed, answered, settled. */

import { FORMATS } from "@interchange/config";
import type { ChatCompletion } from "@interchange/contract/chat-completions";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, QUESTIONS, type Rig, startRig } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

/** The text of an answer, whole. */
function textOf(answer: unknown): string | null | undefined {
  const { choices, content } = answer as Partial<ChatCompletion> & { content?: readonly { text?: string }[] };
  return choices === undefined ? content?.[0]?.text : choices[0]?.message.content;
}

/** The text of a stream, put together. */
function streamedTextOf(events: readonly unknown[]): string {
  return (events as { choices?: { delta: { content?: string | null } }[]; delta?: { text?: string } }[])
    .map((event) => event.choices?.[0]?.delta.content ?? event.delta?.text ?? "")
    .join("");
}

describe.each(FORMATS)("%s", (surface) => {
  const { body } = QUESTIONS[surface];

  test("a first leg is a 307 with an empty body, and nothing has run", async () => {
    const asked = rig.supplier.requests.length;
    const response = await ask(rig, surface, { redirect: "manual" });
    expect(response.status).toBe(307);
    expect(await response.text()).toBe("");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("referrer-policy")).toBe("no-referrer");
    expect(response.headers.get("location")).toMatch(
      new RegExp(`^/r/[\\w-]+\\.[\\w-]+\\.[\\w-]+${QUESTIONS[surface].path}$`),
    );
    expect((response.headers.get("location") ?? "").length).toBeLessThan(2_000);
    expect(response.headers.get("request-id")).toBe(response.headers.get("x-request-id"));
    expect(rig.supplier.requests.length).toBe(asked);
  });

  test.each(["", "/inline"])("base %j: answered whole, settled to what the supplier reported", async (base) => {
    const before = await rig.balance();
    const response = await ask(rig, surface, { base });
    const answer = await response.json();
    expect(response.status).toBe(200);
    expect(textOf(answer)).toContain("Hello there");
    await expectSettled(rig, response, before.available);
  });

  test.each(["", "/inline"])("base %j: the stream tells the same text as the whole answer", async (base) => {
    const whole = textOf(await (await ask(rig, surface)).json());
    const before = await rig.balance();
    const response = await ask(rig, surface, { base, body: body({ stream: true }) });
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    const events = await readEvents(response);
    expect(streamedTextOf(events)).toBe(whole);
    await expectSettled(rig, response, before.available);
  });

  test.each(["", "/inline"])(
    "base %j: the first event is passed on before the supplier has written the last",
    async (base) => {
      const slow = "Hello [[sim chunks=20 delayBetweenMs=20]]";
      const question = body({ stream: true, messages: [{ role: "user", content: slow }] });
      const response = await ask(rig, surface, { base, body: question });
      const reader = (response.body as ReadableStream<Uint8Array>).getReader();
      await reader.read();
      const writtenAtFirst = rig.supplier.requests.at(-1)?.eventsWritten ?? 0;
      while (!(await reader.read()).done);
      const written = rig.supplier.requests.at(-1)?.eventsWritten ?? 0;
      expect(writtenAtFirst).toBeLessThan(written / 2);
    },
  );

  test("what belongs to the format travels along, and what belongs to us does not", async () => {
    const headers = {
      "anthropic-beta": "one-2025-01-01,two-2025-01-01",
      "idempotency-key": `own-${surface}`,
      "x-own": "1",
    };
    await (await ask(rig, surface, { headers })).text();
    const sent = rig.supplier.requests.at(-1)?.headers;
    expect(sent?.["anthropic-beta"]).toBe(surface === "messages" ? headers["anthropic-beta"] : undefined);
    expect(sent).not.toHaveProperty("x-own");
    expect(sent).not.toHaveProperty("idempotency-key");
  });

  test("the instrument's name has no case", async () => {
    const response = await ask(rig, surface, { body: body({ model: "TEXT-Max" }) });
    expect(response.status).toBe(200);
  });

  test("the caller's query goes along, and so does its body, byte for byte", async () => {
    const question = QUESTIONS[surface];
    const response = await fetch(`${rig.url}${question.path}?beta=true&x=a%20b`, {
      method: "POST",
      headers: { "content-type": "application/json", ...question.keyHeader(rig.key) },
      body: JSON.stringify(body(), null, 4),
      redirect: "manual",
    });
    expect(response.headers.get("location")).toContain(`${question.path}?beta=true&x=a%20b`);
  });

  test("a body of more than a megabyte passes the hop", async () => {
    const text = "ä".repeat(600_000);
    const response = await ask(rig, surface, { body: body({ messages: [{ role: "user", content: text }] }) });
    expect(response.status).toBe(200);
    expect(rig.supplier.requests.at(-1)?.body.length).toBeGreaterThan(1_200_000);
  });

  test("the key is in no location, no supplier's request and no log line", async () => {
    const first = await ask(rig, surface, { redirect: "manual" });
    await ask(rig, surface);
    const last = rig.supplier.requests.at(-1);
    const seen = [
      first.headers.get("location"),
      JSON.stringify(last?.headers),
      last?.body.toString(),
      rig.log(),
    ].join();
    const secret = rig.key.split("_")[2] ?? "";
    expect(secret).toHaveLength(32);
    expect(seen).not.toContain(secret);
  });
});

test("every answer was in contract", () => {
  expect(rig.outOfContract).toEqual([]);
});

/** Balance before = balance after + settled, and the receipt says the same. */
async function expectSettled(rig: Rig, response: Response, availableBefore: number): Promise<void> {
  const receipt = await rig.receipt(response.headers.get("request-id") ?? "");
  const after = await rig.balance();
  expect(receipt?.status).toBe("reconciled");
  expect(receipt?.tokensUsed).toBeGreaterThan(0);
  expect(receipt?.supplier).toBe("sim-0");
  expect(receipt?.model).toBe("sim-model-0");
  expect(after.available).toBe(availableBefore - (receipt?.tokensUsed ?? Number.NaN));
}

async function readEvents(response: Response): Promise<unknown[]> {
  const text = await response.text();
  return text
    .split("\n\n")
    .flatMap((record) => record.split("\n").filter((line) => line.startsWith("data: ")))
    .map((line) => line.slice(6))
    .filter((data) => data !== "[DONE]")
    .map((data) => JSON.parse(data));
}
