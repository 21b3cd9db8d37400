/** An Idempotency-Key under race, over a restart, through redirects that are given twice, and as both vendors' SDKs send it. */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Anthropic from "@anthropic-ai/sdk";
import { FORMATS, type Format } from "@interchange/config";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openPurse, type Purse } from "./purse.ts";
import { ask, INSTRUMENT, QUESTIONS, type Rig, startRig } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

const BASES = ["", "/inline"] as const;
const CALLERS = 20;
const freshMark = (): Record<string, string> => ({ "idempotency-key": randomUUID() });

function bodyOf(surface: Format, sim = "", mark = ""): Record<string, unknown> {
  return QUESTIONS[surface].body({ messages: [{ role: "user", content: `Hello ${mark} [[sim ${sim}]]` }] });
}

const follow = (market: Rig, given: Response, body: unknown): Promise<Response> =>
  fetch(new URL(given.headers.get("location") ?? "", market.url), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

const asked = (mark: string): number => rig.supplier.requests.filter(({ body }) => body.includes(mark)).length;

const idOf = (response: Response): string => response.headers.get("request-id") ?? "";

async function messageOf(response: Response): Promise<string> {
  return ((await response.json()) as { error: { message: string } }).error.message;
}

async function expectPaidOnce(purse: Purse, requestId: string): Promise<void> {
  const receipt = await rig.receipt(requestId);
  expect(receipt?.status).toBe("reconciled");
  expect(await purse.balance()).toMatchObject({ held: 0, used: receipt?.tokensUsed });
}

describe.each(FORMATS)("%s", (surface) => {
  const count = (statuses: readonly number[], status: number): number =>
    statuses.filter((one) => one === status).length;

  test.each(BASES)("base %j: of twenty at once one is run and paid, however they come", async (base) => {
    const purse = await openPurse(rig);
    const [headers, mark] = [freshMark(), randomUUID()];
    const body = bodyOf(surface, "delayBeforeHeadersMs=300", mark);
    const replies = await Promise.all(
      Array.from({ length: CALLERS }, () => ask(rig, surface, { base, key: purse.key, headers, body })),
    );
    const statuses = replies.map(({ status }) => status);
    expect(asked(mark)).toBe(1);
    expect(count(statuses, 200)).toBe(1);
    // A redirect that another caller has made way for is answered 503, to be asked for anew.
    expect(count(statuses, 409) + (base === "" ? count(statuses, 503) : 0)).toBe(CALLERS - 1);
    for (const reply of replies.filter(({ status }) => status === 503)) {
      expect(reply.headers.get("retry-after-ms")).toBe("100");
    }
    const ran = replies.find(({ status }) => status === 200) as Response;
    await expectPaidOnce(purse, idOf(ran));
  });

  test.each(BASES)("base %j: a finished one is named, with where its receipt is", async (base) => {
    const headers = freshMark();
    const first = await ask(rig, surface, { base, headers });
    await first.text();
    const again = await ask(rig, surface, { base, headers });
    expect([again.status, again.headers.get("retry-after"), again.headers.get("x-should-retry")]).toEqual([
      409,
      null,
      "false",
    ]);
    expect(await messageOf(again)).toContain(`/v1/usage/${idOf(first)}`);
  });

  test("a redirect that is given twice runs once: the later ticket, in any order", async () => {
    const purse = await openPurse(rig);
    const [headers, mark] = [freshMark(), randomUUID()];
    const body = bodyOf(surface, "", mark);
    const give = (): Promise<Response> => ask(rig, surface, { key: purse.key, headers, body, redirect: "manual" });
    const [one, other] = [await give(), await give()];
    expect([one.status, other.status]).toEqual([307, 307]);
    // Only one of them holds anything.
    const held = (await rig.receipt(idOf(other)))?.tokensHeld;
    expect((await purse.balance()).held).toBe(held);
    const followed = await Promise.all([follow(rig, one, body), follow(rig, other, body), follow(rig, one, body)]);
    expect(followed.map(({ status }) => status)).toEqual([503, 200, 503]);
    await Promise.all(followed.map((reply) => reply.text()));
    expect((await follow(rig, other, body)).status).toBe(503);
    expect((await give()).status).toBe(409);
    expect(asked(mark)).toBe(1);
    await expectPaidOnce(purse, idOf(other));
  });

  test("a redirect that is followed while it is asked for again runs once", async () => {
    const purse = await openPurse(rig);
    for (let round = 0; round < 10; round += 1) {
      const [headers, mark] = [freshMark(), randomUUID()];
      const body = bodyOf(surface, "", mark);
      const first = await ask(rig, surface, { key: purse.key, headers, body, redirect: "manual" });
      const [ran, again] = await Promise.all([
        follow(rig, first, body),
        ask(rig, surface, { key: purse.key, headers, body }),
      ]);
      await Promise.all([ran.text(), again.text()]);
      expect([ran.status, again.status].filter((status) => status === 200)).toHaveLength(1);
      expect(asked(mark)).toBe(1);
    }
    expect((await purse.balance()).held).toBe(0);
  });

  test("one that a caller left in its midst is done, and paid as far as it went", async () => {
    const purse = await openPurse(rig);
    const headers = freshMark();
    const body = { ...bodyOf(surface, "tokens=60 delayBetweenMs=20"), stream: true };
    const leave = new AbortController();
    const response = await ask(rig, surface, { key: purse.key, headers, body, signal: leave.signal });
    await response.body?.getReader().read();
    leave.abort();
    await expect.poll(async () => (await purse.balance()).held).toBe(0);
    const again = await ask(rig, surface, { key: purse.key, headers, body });
    expect([again.status, await messageOf(again)]).toEqual([409, expect.stringContaining(idOf(response))]);
    await expectPaidOnce(purse, idOf(response));
  });

  test.each(BASES)("base %j: after a restart it is still known, and so is one that never ran", async (base) => {
    const dataDir = mkdtempSync(join(tmpdir(), "interchange-mark-"));
    onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
    const [headers, unfollowed] = [freshMark(), freshMark()];
    const before = await startRig({ dataDir });
    const first = await ask(before, surface, { base, headers });
    await first.text();
    await ask(before, surface, { headers: unfollowed, redirect: "manual" });
    await before.close();
    const after = await startRig({ dataDir });
    const again = await ask(after, surface, { base, headers });
    expect([again.status, await messageOf(again)]).toEqual([409, expect.stringContaining(idOf(first))]);
    expect((await ask(after, surface, { base, headers, body: bodyOf(surface) })).status).toBe(409);
    expect((await ask(after, surface, { base, headers: unfollowed })).status).toBe(200);
    after.later(86_400_001);
    expect((await ask(after, surface, { base, headers })).status).toBe(200);
    await after.close();
  });
});

describe("the vendors' SDKs, which send the header again with each try", () => {
  const question = { model: INSTRUMENT, max_tokens: 20, messages: [{ role: "user" as const, content: "Hello" }] };

  /** Loses the first answer that is a 200, as a network does. */
  function losing(): { fetch: typeof fetch; tries: () => number } {
    let tries = 0;
    return {
      tries: () => tries,
      fetch: async (input, init) => {
        tries += 1;
        const response = await fetch(input, init);
        if (tries > 1) return response;
        await response.text();
        throw new TypeError("the connection was lost");
      },
    };
  }

  type Asking = (options: { fetch: typeof fetch; key: string; headers: Record<string, string> }) => Promise<unknown>;

  const SDKS: readonly (readonly [string, Asking, unknown])[] = [
    [
      "openai",
      ({ fetch, key, headers }) =>
        new OpenAI({ baseURL: `${rig.url}/v1`, apiKey: key, fetch }).chat.completions.create(question, { headers }),
      OpenAI.ConflictError,
    ],
    [
      "anthropic",
      ({ fetch, key, headers }) =>
        new Anthropic({ baseURL: rig.url, apiKey: key, fetch }).messages.create(question, { headers }),
      Anthropic.ConflictError,
    ],
  ];

  test.each(SDKS)("%s: a lost answer is not paid twice, and its receipt is named", async (_, asking, conflict) => {
    const purse = await openPurse(rig);
    const { fetch, tries } = losing();
    const outcome = asking({ fetch, key: purse.key, headers: freshMark() });
    await expect(outcome).rejects.toBeInstanceOf(conflict);
    await expect(outcome).rejects.toThrow(/\/v1\/usage\/req_/);
    expect(tries()).toBe(2);
    const [receipt] = (await rig.gateway.engine.ledger.receipts({ accountId: purse.accountId }, { limit: 10 })).data;
    await expectPaidOnce(purse, receipt?.requestId ?? "");
  });

  test.each(SDKS)("%s: a supplier that failed is tried again under the same key", async (_, asking) => {
    const purse = await openPurse(rig);
    rig.supplier.program({ status: 500 }, { times: 1 });
    await asking({ fetch, key: purse.key, headers: freshMark() });
    const { data } = await rig.gateway.engine.ledger.receipts({ accountId: purse.accountId }, { limit: 10 });
    expect(data.map(({ status }) => status)).toEqual(["reconciled", "error"]);
  });

  test.each(SDKS)(
    "%s: of twenty at once one is run and paid, and the others hear of a conflict",
    async (_, asking, conflict) => {
      const purse = await openPurse(rig);
      const headers = freshMark();
      const all = await Promise.allSettled(
        Array.from({ length: CALLERS }, () => asking({ fetch, key: purse.key, headers })),
      );
      const failed = all.filter((one) => one.status === "rejected");
      expect(failed).toHaveLength(CALLERS - 1);
      for (const { reason } of failed) expect(reason).toBeInstanceOf(conflict);
      const { data } = await rig.gateway.engine.ledger.receipts({ accountId: purse.accountId }, { limit: 100 });
      expect(data.filter(({ status }) => status === "reconciled")).toHaveLength(1);
      expect((await purse.balance()).held).toBe(0);
    },
    20_000,
  );
});
