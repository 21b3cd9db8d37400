/**
 * Goal: what cannot be meant is refused by name, whoever is kept out hears why, and what is explained is what happens, on either
 * surface and either leg.
 */

import { FORMATS, type Format } from "@interchange/config";
import { FEATURES } from "@interchange/inference";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asker } from "./platform.ts";
import { ask, INSTRUMENT, QUESTIONS, type Rig, startRig } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ suppliers: [{}, {}, {}, {}] });
});
afterAll(() => rig.close());

const NAMES = ["sim-0", "sim-1", "sim-2", "sim-3"];

const bodyOf = (surface: Format, extra: object) => QUESTIONS[surface].body(extra as Record<string, unknown>);

const setStatus = (supplier: string, status: string) =>
  asker(rig)("updateSupplier", { path: { supplier }, body: { status } });

interface Said {
  readonly error: { readonly message: string; readonly param?: string };
}

const UNMEANT: readonly (readonly [what: string, extra: object, param: string, says: string])[] = [
  ["a name that nobody has in order", { provider: { order: ["sim-0", "simm-1"] } }, "provider.order[1]", "sim-1"],
  ["a name that nobody has in only", { provider: { only: ["nobodys"] } }, "provider.only[0]", "sim-0, sim-1"],
  ["a name that nobody has in ignore", { provider: { ignore: ["SIM-0"] } }, "provider.ignore[0]", "sim-0"],
  ["a name like a property of objects", { provider: { only: ["__proto__"] } }, "provider.only[0]", "no supplier"],
  [
    "an order outside of only",
    { provider: { only: ["sim-0"], order: ["sim-0", "sim-1"] } },
    "provider.order[1]",
    "provider.only",
  ],
  ["an order of ignored ones", { provider: { order: ["sim-1"], ignore: ["sim-1"] } }, "provider.order[0]", "ignore"],
  ["only and ignore at once", { provider: { only: ["sim-1"], ignore: ["sim-1"] } }, "provider.only[0]", "ignore"],
  ["a route that contradicts", { route: "fallback", provider: { allow_fallbacks: false } }, "route", "allow_fallbacks"],
];

/** Every supplier is kept out for good: asking again cannot help. */
const NOBODY: readonly (readonly [what: string, extra: object, reason: string])[] = [
  ["ignore", { provider: { ignore: NAMES } }, "is in provider.ignore"],
  ["a price nobody asks", { provider: { max_price: { prompt: 0.000001 } } }, "asks for more than provider.max_price"],
  ["data collection", { provider: { data_collection: "deny" } }, "is not known to keep nothing of what it is sent"],
];

describe.each(FORMATS)("%s", (surface) => {
  describe.each(["", "/inline"])("at base %j", (base) => {
    const put = (extra: object) => ask(rig, surface, { base, body: bodyOf(surface, extra), redirect: "manual" });

    test.each(UNMEANT)("%s is refused with 422 by name", async (_, extra, param, says) => {
      const answer = await put(extra);
      const { error } = (await answer.json()) as Said;
      expect(answer.status, error.message).toBe(422);
      expect(error.message).toContain(param);
      expect(error.message).toContain(says);
      if (surface === "chat-completions") expect(error.param).toBe(param);
      expect(answer.headers.get("x-should-retry")).toBe("false");
      expect((await rig.balance()).held).toBe(0);
    });

    test.each(NOBODY)("whom %s keeps out is told so of each, with 400", async (_, extra, reason) => {
      const answer = await put(extra);
      const { error } = (await answer.json()) as Said;
      expect(answer.status, error.message).toBe(400);
      for (const name of NAMES) expect(error.message).toContain(`${name}: ${reason}`);
      expect(answer.headers.get("x-should-retry")).toBe("false");
    });

    test("where the only one that is let in is paused it is 503, since it may come back", async () => {
      await setStatus("sim-2", "paused");
      const answer = await put({ provider: { only: ["sim-2"] } });
      await setStatus("sim-2", "active");
      const { error } = (await answer.json()) as Said;
      expect(answer.status, error.message).toBe(503);
      expect(error.message).toContain("sim-2: is paused");
      for (const name of ["sim-0", "sim-1", "sim-3"])
        expect(error.message).toContain(`${name}: is not in provider.only`);
      expect(answer.headers.get("retry-after")).not.toBeNull();
    });

    test("an unknown instrument is heard of before wishes, and wishes before an empty balance", async () => {
      const { ledger } = rig.gateway.engine;
      const { id: accountId } = await ledger.openAccount({ name: "Poor" });
      const { secret: key } = await ledger.createKey({ accountId, role: "consumption" });
      const poor = async (extra: object) =>
        (await ask(rig, surface, { base, key, body: bodyOf(surface, extra), redirect: "manual" })).status;
      const unmeant = { provider: { only: ["nobodys"] } };
      expect(await poor({ model: "nothing", ...unmeant })).toBe(404);
      expect(await poor(unmeant)).toBe(422);
      expect(await poor({ provider: { ignore: NAMES } })).toBe(402);
      expect(await poor({})).toBe(402);
    });
  });
});

describe("a supplier that has left", () => {
  test("may still be named, and is tried no more; of a large market no list of names is told", async () => {
    const large = await startRig({ suppliers: Array.from({ length: 22 }, () => ({})) });
    try {
      await asker(large)("removeSupplier", { path: { supplier: "sim-0" } });
      for (const surface of FORMATS) {
        const told = await ask(large, surface, {
          body: bodyOf(surface, { provider: { order: ["sim-0", "sim-5"] } }),
          redirect: "manual",
        });
        expect([told.status, told.headers.get("x-interchange-supplier")]).toEqual([307, "sim-5"]);
        const alone = await ask(large, surface, { body: bodyOf(surface, { provider: { only: ["sim-0"] } }) });
        expect(alone.status).toBe(400);
        const unknown = await ask(large, surface, { body: bodyOf(surface, { provider: { only: ["zephyr"] } }) });
        expect(unknown.status).toBe(422);
        expect(await unknown.text()).not.toContain("sim-7");
      }
    } finally {
      await large.close();
    }
  });
});

/** Asks that are as good as equal, so that more counts than the price. */
const ALIKE = [1_000, 1_005, 1_010, 1_500];

const TURNS = Array.from({ length: 12 }, (_, nth) => [
  { role: "user", content: `Conversation ${nth}. ${"So it began. ".repeat(nth * 40)}` },
]);

const WISHES: readonly object[] = [
  {},
  { provider: { sort: "price" } },
  { provider: { sort: "latency" } },
  { provider: { ignore: ["sim-1"] } },
  { provider: { only: ["sim-1", "sim-3"] } },
  { provider: { order: ["sim-3", "sim-2"] } },
  { provider: { order: ["sim-2"], allow_fallbacks: false } },
  { provider: { max_price: { prompt: 0.001007 } } },
  { provider: { data_collection: "allow", require_parameters: true } },
  { stream: true, route: "fallback" },
];

const TOOL: Readonly<Record<Format, (nth: number) => object>> = {
  messages: (nth) => ({ name: `tool_${nth}`, description: "Does it.", input_schema: { type: "object" } }),
  "chat-completions": (nth) => ({
    type: "function",
    function: { name: `tool_${nth}`, description: "Does it.", parameters: { type: "object" } },
  }),
};

test("a conversation is drawn to the same supplier on both surfaces, though one spells its tools at greater length", async () => {
  const suppliers = rig.gateway.engine.config.suppliers.map((row, nth) => ({
    ...row,
    offers: row.offers.map((each) => ({ ...each, features: FEATURES, askMicros: 1_000 + nth })),
  }));
  const alike = await startRig({ config: { suppliers } });
  const drawn = new Set<unknown>();
  try {
    for (let count = 5; count <= 65; count += 4) {
      const told = [];
      for (const surface of FORMATS) {
        const tools = Array.from({ length: count }, (_, nth) => TOOL[surface](nth));
        const request = bodyOf(surface, { tools, messages: [{ role: "user", content: `Go ${count}` }] });
        const { body } = await asker(alike)("explainRoute", { key: alike.key, body: { surface, request } });
        told.push([body.supplier, body.affinity]);
      }
      expect(told[0], `${count} tools`).toEqual(told[1]);
      drawn.add(told[0]?.[1]);
    }
    expect(drawn).toEqual(new Set([null, "prefix"]));
  } finally {
    await alike.close();
  }
});

test("what is explained is what happens, names everybody once, and is the same on both surfaces", async () => {
  const base = rig.gateway.engine.config.suppliers;
  const suppliers = base.map((row, nth) => ({
    ...row,
    offers: row.offers.map((each) => ({ ...each, features: FEATURES, askMicros: ALIKE[nth] ?? 0 })),
  }));
  const alike = await startRig({ config: { suppliers } });
  const platform = asker(alike);
  const chosen = new Set<string>();
  try {
    for (const [nth, messages] of TURNS.entries()) {
      const wishes = WISHES[nth % WISHES.length];
      const told = [];
      for (const surface of FORMATS) {
        const body = bodyOf(surface, { ...wishes, messages, max_tokens: 100 });
        const { body: explained } = await platform("explainRoute", {
          key: alike.key,
          body: { surface, request: body },
        });
        const rows = explained.suppliers as readonly { supplier: string; place: number | null }[];
        expect(rows.map(({ supplier }) => supplier).sort()).toEqual(NAMES);
        const first = await ask(alike, surface, { body, redirect: "manual" });
        const inline = await ask(alike, surface, { body, base: "/inline" });
        await inline.text();
        for (const { headers } of [first, inline]) {
          expect(headers.get("x-interchange-supplier")).toBe(explained.supplier);
          expect(headers.get("x-interchange-route")).toBe(explained.reason);
        }
        const places = rows.filter(({ place }) => place !== null).map(({ supplier, place }) => `${place} ${supplier}`);
        told.push([explained.supplier, explained.reason, places]);
      }
      expect(told[0], JSON.stringify(wishes)).toEqual(told[1]);
      chosen.add(String(told[0]?.[0]));
    }
    expect(chosen.size).toBeGreaterThan(2);
    expect(alike.gateway.engine.market.offersOf(INSTRUMENT)).toHaveLength(8);
  } finally {
    await alike.close();
  }
});
