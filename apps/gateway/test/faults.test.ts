/** Whatever a supplier does wrong, the caller is told in its own words and owes nothing. */

import { FORMATS, type Format, type SupplierRow } from "@interchange/config";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPurse, type Purse } from "./purse.ts";
import { ask, QUESTIONS, type Rig, startRig } from "./rig.ts";
import { OPERATIONS, readStream, textOf } from "./stream.ts";
import { faultsOfRefusal, inParallel, type Reply, readBody } from "./wire.ts";

let rig: Rig;
/** What came of each case, by its name. */
let outcomes: ReadonlyMap<string, Asked>;

/** Most of the time is spent waiting for suppliers that hang, so all cases are asked at once and looked at one by one. */
beforeAll(async () => {
  rig = await startRig({ timeouts: { firstByteMs: 2_000, idleMs: 1_500, totalMs: 10_000 } });
  const purses = await Promise.all(CASES.map(() => openPurse(rig)));
  const asked = await inParallel(CASES, 24, (one, index) => askFor(one, purses[index] as Purse));
  outcomes = new Map(CASES.map((one, index) => [nameOf(one), asked[index] as Asked]));
});
afterAll(async () => {
  expect(rig.outOfContract).toEqual([]);
  await rig.close();
});

/** A status is a refusal, `broken` a stream that ends in an error event, of that type where one is named. */
type Want = number | "broken" | `broken ${string}` | "answered" | "estimated";

/** What the supplier does, and what comes of it: streamed, then whole. */
type Row = readonly [sim: string, streamed: Want, whole: Want];

const FAULTS: readonly Row[] = [
  ["fault=hang", 504, 504],
  ["fault=reset", 502, 502],
  ["fault=html", 502, 502],
  ["fault=empty", 502, 502],
  ["fault=error-in-200 type=api_error", 502, 502],
  ["fault=broken-first-event", 502, 502],
  ["fault=json-instead-of-stream", "answered", "answered"],
  ["fault=hang-mid-stream", "broken timeout_error", 504],
  ["fault=hang-mid-stream after=0", 504, 504],
  ["fault=reset-mid-stream", "broken api_error", 502],
  ["fault=reset-mid-stream after=0", 502, 502],
  ["fault=error-mid-stream", "broken", 503],
  ["fault=error-mid-stream type=overloaded_error", "broken overloaded_error", 503],
  ["fault=error-mid-stream type=authentication_error", "broken api_error", 503],
  ["fault=error-mid-stream type=api_error after=0", 502, 503],
  ["fault=error-mid-stream type=overloaded_error after=0", 503, 503],
  ["fault=broken-json", "broken api_error", 502],
  ["fault=half-event", "broken api_error", 502],
  ["fault=half-event after=0", 502, 502],
  ["fault=no-finish", "broken api_error", "answered"],
  ["fault=no-usage", "estimated", "estimated"],
  ["fault=slow-drip", "answered", "answered"],
  ["fault=crlf", "answered", "answered"],
  ["fault=comments", "answered", "answered"],
];

/** Words of a supplier about its own insides and about our standing with it. */
const INSIDE = "org-4711 at http://10.9.8.7:8000/v1 is over its limit";

const STATUSES: readonly (readonly [sim: string, status: number])[] = [
  ["status=400", 400],
  ["status=401", 502],
  ["status=402", 502],
  ["status=403", 502],
  ["status=404", 502],
  ["status=408", 504],
  ["status=413", 413],
  ["status=422", 422],
  ["status=429 retryAfter=7", 503],
  ["status=429 retryAfter=86400", 503],
  ["status=500", 502],
  ["status=503 retryAfter=1", 503],
  ["status=504", 504],
  ["status=529", 503],
];

interface Case {
  readonly surface: Format;
  readonly base: string;
  readonly stream: boolean;
  readonly sim: string;
}

const WORDY = `message="${"why ".repeat(500)}"`;

const SIMS = [
  ...FAULTS.map(([sim]) => sim),
  ...STATUSES.map(([sim]) => `${sim} message="${INSIDE}"`),
  `status=400 ${WORDY}`,
  `status=500 ${WORDY}`,
];

const BASES = ["", "/inline"] as const;

const CASES: readonly Case[] = FORMATS.flatMap((surface) =>
  BASES.flatMap((base) => [true, false].flatMap((stream) => SIMS.map((sim) => ({ surface, base, stream, sim })))),
);

function nameOf({ surface, base, stream, sim }: Case): string {
  return [surface, base, stream, sim].join(" ");
}

interface Asked {
  readonly surface: Format;
  readonly reply: Reply;
  readonly purse: Purse;
}

async function askFor({ surface, base, stream, sim }: Case, purse: Purse): Promise<Asked> {
  const messages = [{ role: "user", content: `Hello [[sim ${sim}]]` }];
  const body = QUESTIONS[surface].body({ messages, stream });
  const response = await ask(rig, surface, { base, body, key: purse.key });
  const text = await response.text();
  return {
    surface,
    purse,
    reply: { status: response.status, headers: Object.fromEntries(response.headers), text },
  };
}

function expectWanted(want: Want, stream: boolean, asked: Asked): Promise<void> {
  if (typeof want === "number") return expectRefused(want, asked);
  if (want.startsWith("broken")) return expectBroken(want.slice(7), asked);
  return expectAnswered(want === "estimated", stream, asked);
}

async function expectRefused(status: number, { surface, reply, purse }: Asked): Promise<void> {
  expect(reply.status).toBe(status);
  expect(faultsOfRefusal(surface, OPERATIONS[surface], reply)).toEqual([]);
  expectSilence(reply.text);
  await expectFree(purse, reply);
}

async function expectBroken(type: string, { surface, reply, purse }: Asked): Promise<void> {
  expect(reply.status).toBe(200);
  const told = readStream(surface, reply.text);
  expect(told.faults).toEqual([]);
  expect(told.ending).toBe("broken");
  expect(told.events.length).toBeGreaterThan(1);
  const error = told.events.at(-1)?.error;
  if (type !== "") expect(error?.type).toBe(type);
  expect(error?.message).toMatch(/^The supplier failed: .*\.$/);
  expectSilence(reply.text);
  await expectFree(purse, reply);
}

async function expectAnswered(estimated: boolean, stream: boolean, { surface, reply, purse }: Asked): Promise<void> {
  expect(reply.status).toBe(200);
  if (stream) expectComplete(surface, reply.text);
  else expect(reply.text).toContain("You asked: “Hello”");
  const receipt = await rig.receipt(String(reply.headers["request-id"]));
  expect(receipt?.status).toBe("reconciled");
  expect(receipt?.usage?.["estimated"]).toBe(estimated ? true : undefined);
  const used = receipt?.tokensUsed ?? 0;
  expect(used).toBeGreaterThan(20);
  expect(await purse.balance()).toMatchObject({ used, held: 0, available: purse.deposited - used });
}

function expectComplete(surface: Format, text: string): void {
  const told = readStream(surface, text);
  expect(told.faults).toEqual([]);
  expect(told.ending).toBe("complete");
  expect(textOf(told.events)).toContain("You asked: “Hello”");
}

/** Nothing of the supplier's page, address or words. */
function expectSilence(text: string): void {
  const secrets = ["<html", "<h1", "Bad Gateway", new URL(rig.supplier.url).port, "127.0.0.1", "10.9.8.7", "org-4711"];
  for (const secret of secrets) expect(text).not.toContain(secret);
}

async function expectFree(purse: Purse, { headers }: Reply): Promise<void> {
  expect(await purse.balance()).toMatchObject({ used: 0, held: 0, available: purse.deposited });
  const receipt = await rig.receipt(String(headers["request-id"]));
  expect(receipt).toMatchObject({ status: "error", tokensUsed: 0, draws: [], costMicros: 0 });
}

describe.each(FORMATS)("%s", (surface) => {
  describe.each(BASES)("at base %j", (base) => {
    describe.each([true, false])("streamed: %j", (stream) => {
      const outcomeOf = (sim: string): Asked => outcomes.get(nameOf({ surface, base, stream, sim })) as Asked;

      test.each(FAULTS)("[[sim %s]]", (sim, streamed, whole) =>
        expectWanted(stream ? streamed : whole, stream, outcomeOf(sim)),
      );

      test.each(STATUSES)("[[sim %s]] is a %i", async (sim, status) => {
        const asked = outcomeOf(`${sim} message="${INSIDE}"`);
        expect(asked.reply.status).toBe(status);
        // About the request itself the caller needs the supplier's words; about anything else they are not its business.
        if (status < 500) expect(readBody(asked.reply.text)?.error.message).toBe(INSIDE);
        else await expectRefused(status, asked);
        await expectFree(asked.purse, asked.reply);
      });

      test.each([
        ["status=400", 400],
        ["status=500", 502],
      ])("[[sim %s]] of many words is no bug", async (sim, status) => {
        const asked = outcomeOf(`${sim} ${WORDY}`);
        expect(asked.reply.status).toBe(status);
        await expectFree(asked.purse, asked.reply);
      });
    });
  });
});

test("the words that the callers are not told are in the log", () => {
  expect(rig.log()).toContain(INSIDE);
});

test("the caller's own fault does not count against the supplier, nor is what it says of the prompt kept", async () => {
  const one = { surface: "messages", base: "", stream: false, sim: `status=400 message="${INSIDE}"` } as const;
  const { reply } = outcomes.get(nameOf(one)) as Asked;
  expect((await rig.receipt(String(reply.headers["request-id"])))?.reason).toBe("the supplier refused the request");
});

test("a supplier that cannot be reached", async () => {
  const row = rig.gateway.engine.config.suppliers[0] as SupplierRow;
  const at = (name: string, baseUrl: string, dialect: Format): SupplierRow => ({
    ...row,
    name,
    baseUrl,
    dialects: [dialect],
    offers: row.offers.filter((offer) => offer.dialect === dialect).map((offer) => ({ ...offer, supplier: name })),
  });
  const suppliers = [
    at("deaf", "http://127.0.0.1:9", "chat-completions"),
    at("lost", "http://lost.invalid", "messages"),
  ];
  const dead = await startRig({ config: { suppliers } });
  try {
    for (const surface of FORMATS) {
      const response = await ask(dead, surface);
      expect(response.status).toBe(502);
      expect(await response.text()).not.toMatch(/127\.0\.0\.1|\.invalid|ECONN|ENOTFOUND/);
    }
    expect(await dead.balance()).toMatchObject({ used: 0, held: 0 });
  } finally {
    await dead.close();
  }
});
