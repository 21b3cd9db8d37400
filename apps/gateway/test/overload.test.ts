/** Goal: a supplier that is too busy is passed over for a while, callers are told when to come again, and nobody's limits are mistaken for another's. */

import { DEFAULT_LIMITS, FORMATS, type Format } from "@interchange/config";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, INSTRUMENT, QUESTIONS, type Rig, startRig } from "./rig.ts";

const BASES = ["", "/inline"] as const;
/** Every combination of the caller's format and the supplier's. */
const ROADS = FORMATS.flatMap((surface) => FORMATS.map((dialect) => ({ surface, dialect })));

const rigs = new Map<Format, Rig>();
beforeAll(async () => {
  for (const format of FORMATS) rigs.set(format, await startRig({ dialects: [format] }));
});
afterAll(async () => {
  for (const rig of rigs.values()) await rig.close();
});

interface Refused {
  readonly type?: string;
  readonly error: { readonly type: string; readonly message: string };
}

describe.each(ROADS)("$surface over $dialect", ({ surface, dialect }) => {
  const rig = (): Rig => rigs.get(dialect) as Rig;
  const busy = surface === "messages" ? "overloaded_error" : expect.any(String);

  test.each<[string, number, number | undefined, string]>([
    ["529", 529, undefined, "1"],
    ["503 with a wait", 503, 7, "7"],
    ["429 of our own account there, with a wait", 429, 12, "12"],
    ["a wait that is far too long", 503, 86_400, "60"],
  ])("E03 E04 %s is a 503 that says when to come again", async (_, status, retryAfter, want) => {
    for (const base of BASES) {
      rig().supplier.program({ status, ...(retryAfter === undefined ? {} : { retryAfter }) }, { times: 1 });
      const response = await ask(rig(), surface, { base });
      const { error } = (await response.json()) as Refused;
      expect([response.status, response.headers.get("retry-after")]).toEqual([503, want]);
      expect(error.type).toEqual(busy);
      expect(response.headers.get("x-should-retry")).not.toBe("false");
      expect(await rig().receipt(response.headers.get("request-id") ?? "")).toMatchObject({
        status: "error",
        tokensUsed: 0,
      });
    }
  });

  test("E04 what a supplier says of our account there is passed on to nobody", async () => {
    const said = {
      "x-ratelimit-limit-requests": "3141592653",
      "x-ratelimit-remaining-tokens": "3141592653",
      "anthropic-ratelimit-requests-remaining": "3141592653",
      "anthropic-organization-id": "org-3141592653",
      "openai-organization": "org-3141592653",
    };
    for (const base of BASES) {
      for (const status of [undefined, 400, 429]) {
        rig().supplier.program({ headers: said, ...(status === undefined ? {} : { status }) }, { times: 1 });
        const response = await ask(rig(), surface, { base });
        await response.text();
        expect(response.status).toBe(status === undefined ? 200 : status === 429 ? 503 : status);
        expect(JSON.stringify([...response.headers])).not.toContain("3141592653");
      }
    }
  });
});

test.each(FORMATS)("E09 %s: faults of the callers' are not held against the supplier", async (surface) => {
  const rig = await startRig({ breakers: true });
  try {
    rig.supplier.program({ status: 400, message: "temperature is not to its liking" });
    for (let turn = 0; turn < 10; turn += 1) {
      const response = await ask(rig, surface);
      await response.text();
      expect([response.status, response.headers.get("x-should-retry")]).toEqual([400, "false"]);
    }
    const { health } = rig.gateway.engine.market;
    expect(health.standing("sim-0", INSTRUMENT)).toMatchObject({ breaker: undefined, penalty: 1 });
  } finally {
    await rig.close();
  }
});

test.each(FORMATS)("E03 %s: whoever retries is sent to another supplier", async (surface) => {
  const rig = await startRig({ suppliers: [{}, {}] });
  try {
    rig.supplier.program({ fault: "reset-mid-stream", after: 3 });
    const body = QUESTIONS[surface].body({ stream: true });
    const first = await ask(rig, surface, { body });
    await first.text();
    const again = await ask(rig, surface, { body });
    await again.text();
    expect([first, again].map(({ headers }) => headers.get("x-interchange-supplier"))).toEqual(["sim-0", "sim-1"]);
  } finally {
    await rig.close();
  }
});

test.each(FORMATS)(
  "E03 %s: another request is spared a busy one, for as long as the supplier asked",
  async (surface) => {
    const rig = await startRig({ suppliers: [{}, {}], breakers: true });
    const routeOf = async (content: string): Promise<string | null> => {
      const body = QUESTIONS[surface].body({ messages: [{ role: "user", content }] });
      const response = await ask(rig, surface, { body });
      await response.text();
      return response.headers.get("x-interchange-route");
    };
    try {
      rig.supplier.program({ status: 529, retryAfter: 20 }, { times: 1 });
      expect(await routeOf("One")).toBe("after sim-0 (busy): cheapest");
      expect(await routeOf("Two")).toBe("cheapest");
      expect(rig.supplier.requests).toHaveLength(1);
      rig.later(21_000);
      expect(await routeOf("Three")).toBe("cheapest, tried out again");
      expect(rig.supplier.requests).toHaveLength(2);
    } finally {
      await rig.close();
    }
  },
);

describe.each(FORMATS)("%s: what a key has left", (surface) => {
  const leftIn = ({ headers }: Response): readonly (string | null)[] => [
    headers.get("x-ratelimit-limit-requests"),
    headers.get("x-ratelimit-remaining-requests"),
    headers.get("x-ratelimit-reset-requests"),
    headers.get("anthropic-ratelimit-requests-limit"),
    headers.get("anthropic-ratelimit-requests-remaining"),
  ];

  test("E04 is told with every answer, on both legs and streamed too", async () => {
    const rig = await startRig({ config: { limits: { ...DEFAULT_LIMITS, requestsPerMinute: 4 } } });
    try {
      const whole = (left: number) => ["4", String(left), expect.stringMatching(/^(1m0s|5\ds)$/), "4", String(left)];
      const redirect = await ask(rig, surface, { redirect: "manual" });
      expect([redirect.status, leftIn(redirect)]).toEqual([307, whole(3)]);
      expect(redirect.headers.get("anthropic-ratelimit-requests-reset")).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      const inline = await ask(rig, surface, { base: "/inline" });
      await inline.text();
      expect([inline.status, leftIn(inline)]).toEqual([200, whole(2)]);
      const followed = await ask(rig, surface, { body: QUESTIONS[surface].body({ stream: true }) });
      await followed.text();
      expect([followed.status, leftIn(followed)]).toEqual([200, whole(1)]);
      const refused = await ask(rig, surface, {
        body: QUESTIONS[surface].body({ model: "no-such" }),
        redirect: "manual",
      });
      expect([refused.status, leftIn(refused)]).toEqual([404, whole(0)]);
      const spent = await ask(rig, surface, { redirect: "manual" });
      expect([spent.status, leftIn(spent)]).toEqual([429, whole(0)]);
    } finally {
      await rig.close();
    }
  });

  test("E04 is not told where nothing limits it", async () => {
    const response = await ask(rigs.get(surface) as Rig, surface);
    await response.text();
    expect(leftIn(response)).toEqual([null, null, null, null, null]);
  });
});
