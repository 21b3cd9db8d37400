/** Goal: what cannot be said to a supplier of another format is named on both legs and on the receipt, or refused when the caller wants that. */

import { FORMATS, type Format } from "@interchange/config";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { droppedHeaders } from "../src/dropped.ts";
import { ask, OTHER, QUESTIONS, type Rig, startRig } from "./rig.ts";

const DROPPED = "x-interchange-dropped";

/** Unknown at the root and within a message. */
const STRANGE = { weather: "mild", messages: [{ role: "user", content: "Hello there", mood: { kind: "fair" } }] };
const NAMES = ["messages[0].mood", "weather"];
const namesIn = (response: Response): readonly string[] =>
  (response.headers.get(DROPPED) ?? "")
    .split(", ")
    .filter((name) => name !== "")
    .sort();

const rigs = new Map<Format, Rig>();
const rigOf = (format: Format): Rig => rigs.get(format) as Rig;
beforeAll(async () => {
  for (const format of FORMATS) rigs.set(format, await startRig({ dialects: [format] }));
});
afterAll(async () => {
  for (const rig of rigs.values()) await rig.close();
});

const lastSent = (rig: Rig): string => rig.supplier.requests.at(-1)?.body.toString() ?? "";

describe.each(FORMATS)("%s", (surface) => {
  test.each([
    ["whole, redirected", "", false],
    ["whole, inline", "/inline", false],
    ["streamed, redirected", "", true],
    ["streamed, inline", "/inline", true],
  ])("Q24 what nobody has a word for is left out and named: %s", async (_, base, stream) => {
    const rig = rigOf(OTHER[surface]);
    const response = await ask(rig, surface, { base, body: QUESTIONS[surface].body({ ...STRANGE, stream }) });
    const text = await response.text();
    expect(response.status, text).toBe(200);
    expect(namesIn(response)).toEqual(NAMES);
    expect(lastSent(rig)).not.toMatch(/weather|mood/);
    const receipt = await rig.receipt(response.headers.get("request-id") ?? "");
    expect(receipt?.dropped?.toSorted()).toEqual(NAMES);
  });

  test("Q24 a redirect names it too, before anything has run", async () => {
    const body = QUESTIONS[surface].body(STRANGE);
    const response = await ask(rigOf(OTHER[surface]), surface, { body, redirect: "manual" });
    expect([response.status, namesIn(response)]).toEqual([307, NAMES]);
  });

  test("Q24 a supplier of the same format is given it, and nothing is named", async () => {
    const rig = rigOf(surface);
    const response = await ask(rig, surface, { body: QUESTIONS[surface].body(STRANGE) });
    await response.text();
    expect([response.status, response.headers.get(DROPPED)]).toEqual([200, null]);
    expect(JSON.parse(lastSent(rig))).toMatchObject(STRANGE);
    expect(await rig.receipt(response.headers.get("request-id") ?? "")).not.toHaveProperty("dropped");
  });

  test("a plain question loses nothing by being translated", async () => {
    const response = await ask(rigOf(OTHER[surface]), surface);
    await response.text();
    expect([response.status, response.headers.get(DROPPED)]).toEqual([200, null]);
  });
});

const ASKS_FOR_THOUGHT: Readonly<Record<Format, readonly [body: Record<string, unknown>, parameter: string]>> = {
  "chat-completions": [{ reasoning_effort: "high", max_tokens: 9_000 }, "reasoning_effort"],
  messages: [{ thinking: { type: "enabled", budget_tokens: 2_000 }, max_tokens: 9_000 }, "thinking"],
};

test.each(FORMATS)(
  "%s: thinking that a supplier does not offer is left out and named on both legs",
  async (surface) => {
    const dialect = OTHER[surface];
    const rig = await startRig({ dialects: [dialect], lacks: ["reasoning"] });
    try {
      const [extra, parameter] = ASKS_FOR_THOUGHT[surface];
      const body = QUESTIONS[surface].body(extra);
      const sent = await ask(rig, surface, { body, redirect: "manual" });
      const whole = await ask(rig, surface, { body, base: "/inline" });
      await whole.text();
      expect([sent.status, namesIn(sent)]).toEqual([307, [parameter]]);
      expect([whole.status, namesIn(whole)]).toEqual([200, [parameter]]);
      expect((await rig.receipt(whole.headers.get("request-id") ?? ""))?.dropped).toEqual([parameter]);
      expect(lastSent(rig)).not.toMatch(/thinking|reasoning|effort/);
    } finally {
      await rig.close();
    }
  },
);

const ONE_AT_A_TIME: Readonly<Record<Format, readonly [body: Record<string, unknown>, parameter: string]>> = {
  "chat-completions": [
    { tools: [{ type: "function", function: { name: "f" } }], parallel_tool_calls: false },
    "parallel_tool_calls",
  ],
  messages: [
    {
      tools: [{ name: "f", input_schema: { type: "object" } }],
      tool_choice: { type: "auto", disable_parallel_tool_use: true },
    },
    "tool_choice.disable_parallel_tool_use",
  ],
};

describe("one tool call at a time", () => {
  const quirks = { parallelToolCalls: false };

  test.each(FORMATS)(
    "Q24 %s: where the property is refused, it is left out and named on both legs",
    async (surface) => {
      const rig = await startRig({ dialects: ["chat-completions"], quirks });
      try {
        const [extra, parameter] = ONE_AT_A_TIME[surface];
        const body = QUESTIONS[surface].body(extra);
        const sent = await ask(rig, surface, { body, redirect: "manual" });
        const whole = await ask(rig, surface, { body, base: "/inline" });
        await whole.text();
        expect([sent.status, namesIn(sent)]).toEqual([307, [parameter]]);
        expect([whole.status, namesIn(whole)]).toEqual([200, [parameter]]);
        expect(lastSent(rig)).not.toContain("parallel");
      } finally {
        await rig.close();
      }
    },
  );

  test.each(FORMATS)("%s: where it is heeded, nothing is named", async (surface) => {
    for (const dialect of FORMATS) {
      const body = QUESTIONS[surface].body(ONE_AT_A_TIME[surface][0]);
      const whole = await ask(rigOf(dialect), surface, { body, base: "/inline" });
      await whole.text();
      expect([whole.status, namesIn(whole)]).toEqual([200, []]);
      expect(lastSent(rigOf(dialect))).toContain("parallel");
    }
  });

  test("Q24 whoever refuses it is passed over when nothing may be left out", async () => {
    const rig = await startRig({ dialects: ["chat-completions"], quirks });
    try {
      const [extra, parameter] = ONE_AT_A_TIME["chat-completions"];
      const body = QUESTIONS["chat-completions"].body({ ...extra, provider: { require_parameters: true } });
      const response = await ask(rig, "chat-completions", { body, redirect: "manual" });
      const { error } = (await response.json()) as { error: { message: string } };
      expect([response.status, error.message]).toEqual([400, expect.stringContaining(parameter)]);
    } finally {
      await rig.close();
    }
  });
});

describe("require_parameters", () => {
  const strict = (extra: object) =>
    QUESTIONS["chat-completions"].body({ provider: { require_parameters: true }, ...extra });

  test("Q24 what could only be left out is refused by name, with 400", async () => {
    const response = await ask(rigOf("messages"), "chat-completions", { body: strict(STRANGE), redirect: "manual" });
    const { error } = (await response.json()) as { error: { message: string } };
    expect(response.status).toBe(400);
    for (const name of NAMES) expect(error.message).toContain(name);
    expect(response.headers.get("x-should-retry")).toBe("false");
  });

  test.each<[string, Format, object, number]>([
    ["it is as good as any where nothing is left out", "messages", {}, 307],
    ["a supplier of the same format is given everything", "chat-completions", STRANGE, 307],
    ["false asks for nothing", "messages", { ...STRANGE, provider: { require_parameters: false } }, 307],
  ])("%s", async (_, dialect, extra, want) => {
    const response = await ask(rigOf(dialect), "chat-completions", { body: strict(extra), redirect: "manual" });
    expect(response.status).toBe(want);
  });

  const THOUGHT: Readonly<Record<string, object>> = {
    "too low a cap to think under": { reasoning_effort: "low", max_completion_tokens: 500 },
    "a tool that must be called": {
      reasoning_effort: "high",
      tools: [{ type: "function", function: { name: "f" } }],
      tool_choice: "required",
    },
    "a temperature that thinking does not bear": { reasoning_effort: "high", temperature: 0.3 },
    "a tool's result without the thought that led to it": {
      reasoning_effort: "high",
      tools: [{ type: "function", function: { name: "f" } }],
      messages: [
        { role: "user", content: "Go" },
        {
          role: "assistant",
          content: null,
          reasoning_content: "Somebody else's.",
          tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: "{}" } }],
        },
        { role: "tool", tool_call_id: "c", content: "Done" },
      ],
    },
  };

  test.each(Object.entries(THOUGHT))(
    "Q24 thinking that does not go with the rest is refused by name: %s",
    async (_, extra) => {
      const rig = rigOf("messages");
      const before = rig.supplier.requests.length;
      for (const base of ["", "/inline"]) {
        const response = await ask(rig, "chat-completions", { base, body: strict(extra), redirect: "manual" });
        const { error } = (await response.json()) as { error: { message: string; param: string } };
        expect([response.status, error.param]).toEqual([400, "reasoning_effort"]);
        expect(error.message).toBe(
          "No supplier of this instrument can honour reasoning_effort. sim-0: cannot be told reasoning_effort beside the rest of this request.",
        );
        expect(response.headers.get("x-should-retry")).toBe("false");
      }
      expect(rig.supplier.requests.length).toBe(before);
    },
  );

  test("Q24 a dearer supplier that is told all of it comes before a cheaper one that is not", async () => {
    const both = await startRig({ suppliers: [{}, {}] });
    const rows = both.gateway.engine.config.suppliers.map((row, nth) => {
      const dialect = nth === 0 ? "messages" : "chat-completions";
      return { ...row, dialects: [dialect], offers: row.offers.filter((each) => each.dialect === dialect) } as const;
    });
    const rig = await startRig({ config: { suppliers: rows } });
    try {
      const wished = { reasoning_effort: "low", max_completion_tokens: 500 };
      for (const body of [QUESTIONS["chat-completions"].body(wished), strict(wished)]) {
        const response = await ask(rig, "chat-completions", { base: "/inline", body });
        expect([response.status, await response.text()]).toEqual([200, expect.any(String)]);
      }
      expect(both.suppliers.map(({ requests }) => requests.length)).toEqual([1, 1]);
    } finally {
      await rig.close();
      await both.close();
    }
  });

  test("thinking is then needed of whoever fills it", async () => {
    const rig = await startRig({ lacks: ["reasoning"] });
    try {
      const body = strict({ reasoning_effort: "high" });
      const response = await ask(rig, "chat-completions", { body, redirect: "manual" });
      const { error } = (await response.json()) as { error: { message: string } };
      expect([response.status, error.message]).toEqual([400, expect.stringContaining("reasoning_effort")]);
    } finally {
      await rig.close();
    }
  });
});

describe("the header", () => {
  test.each<[string, readonly string[], string | undefined]>([
    ["nothing", [], undefined],
    ["one", ["weather"], "weather"],
    ["some", ["weather", "messages[0].mood"], "weather, messages[0].mood"],
    [
      "as many as fit",
      Array.from({ length: 100 }, () => "12345678"),
      Array.from({ length: 100 }, () => "12345678").join(", "),
    ],
    ["an endless name", ["x".repeat(2_000), "y"], `${"x".repeat(980)} and 1 more`],
  ])("%s", (_, names, want) => {
    expect(droppedHeaders(names)[DROPPED]).toBe(want);
  });

  test("names beyond its length are counted", () => {
    const names = Array.from({ length: 1_000 }, (_, nth) => `property-${nth}`);
    const header = droppedHeaders(names)[DROPPED] as string;
    const [, shown, count] = /^(.*) and (\d+) more$/.exec(header) ?? [];
    expect(header.length).toBeLessThanOrEqual(1_000);
    expect(header.length).toBeGreaterThan(900);
    expect((shown?.split(", ").length ?? 0) + Number(count)).toBe(1_000);
  });
});
