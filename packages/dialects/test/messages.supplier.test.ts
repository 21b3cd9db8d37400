/** Requests that came in Messages, as a supplier of the same format with habits of its own gets them. */
import { bondsOf, FEATURES, type InferenceRequest } from "@interchange/inference";
import { describe, expect, test } from "vitest";
import { messages, NO_QUIRKS, type Quirks } from "../src/index.ts";
import { captures } from "./situation.ts";

const HI = { role: "user", content: "hi" };
const BASE = { model: "m", max_tokens: 9_000, messages: [HI] };

function readBody(body: object): InferenceRequest {
  return messages.surface.readRequest({ ...BASE, ...body } as never);
}

function written(request: InferenceRequest, quirks: Quirks = NO_QUIRKS) {
  const { body, leftOut } = messages.supplier.writeRequest(request, {
    model: "m",
    features: new Set(FEATURES),
    quirks,
  });
  return { body: JSON.parse(JSON.stringify(body)) as Record<string, unknown>, leftOut };
}

const USE = { type: "tool_use", id: "call.1", name: "f", input: {} };
const RESULT = { type: "tool_result", tool_use_id: "call.1", content: "1" };
const MARK = { cache_control: { type: "ephemeral" } };

type Row = readonly [name: string, quirks: Quirks, given: readonly object[], want: readonly object[]];

const ROWS: readonly Row[] = [
  [
    "Q04 system turns where they are known",
    {},
    [HI, { role: "system", content: "be kind", output_config: { effort: "low" } }],
    [HI, { role: "system", content: "be kind", output_config: { effort: "low" } }],
  ],
  [
    "Q04 system turns where they are not are told by the user, marks for the cache in their place",
    { systemTurns: false },
    [
      HI,
      { role: "system", content: [{ type: "text", text: "be kind", ...MARK }] },
      { role: "system", output_config: { effort: "low" } },
      { role: "assistant", content: "ho" },
      { role: "system", content: [{ type: "tool_addition", tool: { type: "tool_reference", name: "f" } }] },
    ],
    [
      {
        role: "user",
        content: [
          { type: "text", text: "hi" },
          { type: "text", text: "<system>\nbe kind\n</system>", ...MARK },
        ],
      },
      { role: "assistant", content: "ho" },
      { role: "user", content: "<system>\nThe tool f can be used from here on.\n</system>" },
    ],
  ],
  [
    "Q04 Q11 one between calls and their results comes after these",
    { systemTurns: false },
    [
      HI,
      { role: "assistant", content: [USE] },
      { role: "system", content: "be kind" },
      { role: "user", content: [RESULT] },
    ],
    [
      HI,
      { role: "assistant", content: [USE] },
      { role: "user", content: [RESULT, { type: "text", text: "<system>\nbe kind\n</system>" }] },
    ],
  ],
  [
    "Q12 ids of calls go as they came",
    {},
    [HI, { role: "assistant", content: [USE] }, { role: "user", content: [RESULT] }],
    [HI, { role: "assistant", content: [USE] }, { role: "user", content: [RESULT] }],
  ],
  [
    "Q12 ids of calls in the supplier's letters",
    { toolIds: { alphabet: "alphanumeric", charsMax: 9 } },
    [HI, { role: "assistant", content: [USE] }, { role: "user", content: [RESULT] }],
    [
      HI,
      { role: "assistant", content: [{ ...USE, id: "e8b7b7b37" }] },
      { role: "user", content: [{ ...RESULT, tool_use_id: "e8b7b7b37" }] },
    ],
  ],
];

describe("habits of suppliers of the format", () => {
  test.each(ROWS)("%s", (_name, quirks, given, want) => {
    expect(written(readBody({ messages: given }), quirks).body.messages).toEqual(want);
  });
});

describe("Q14 thinking that cannot go on, since its thoughts were another supplier's", () => {
  const KEEP = { type: "clear_tool_uses_20250919" };
  const CLEAR = { type: "clear_thinking_20251015", keep: "all" };

  test.each([
    [{ thinking: { type: "enabled", budget_tokens: 2_000 } }, {}, ["reasoning"]],
    [{ thinking: { type: "adaptive" }, context_management: { edits: [CLEAR] } }, {}, ["reasoning"]],
    [
      { thinking: { type: "adaptive" }, context_management: { edits: [CLEAR, KEEP] } },
      { context_management: { edits: [KEEP] } },
      ["reasoning"],
    ],
    [
      { thinking: { type: "adaptive" }, output_config: { effort: "low" } },
      { output_config: { effort: "low" } },
      ["reasoning"],
    ],
    [{ context_management: { edits: [KEEP] } }, { context_management: { edits: [KEEP] } }, []],
    [{ thinking: { type: "disabled" } }, { thinking: { type: "disabled" } }, []],
  ])("%j is asked as %j", (asked, want, leftOut) => {
    const stopped: InferenceRequest = { ...readBody(asked), reasoning: { mode: "off" } };
    expect(written(stopped)).toEqual({ body: { ...BASE, ...want }, leftOut });
  });
});

describe("results that do not say of which call they are", () => {
  const { tool_use_id: _, ...bare } = RESULT;

  test("Q12 they are of the only one before them, and are said as they came", () => {
    const turns = [HI, { role: "assistant", content: [USE] }, { role: "user", content: [bare] }];
    const request = readBody({ messages: turns });
    expect(request.messages[2]?.content[0]).toMatchObject({ type: "tool-result", callId: "call.1" });
    expect(bondsOf(request)).toEqual([]);
    expect(written(request).body.messages).toEqual(turns);
  });

  test("Q12 of one among several only a supplier of the format may know it", () => {
    const turns = [HI, { role: "assistant", content: [USE, { ...USE, id: "b" }] }, { role: "user", content: [bare] }];
    expect(bondsOf(readBody({ messages: turns }))).toEqual(["tool_result"]);
  });
});

test("Q24 nothing that real clients send binds them to the format, but for server tools", () => {
  const all = captures("/v1/messages");
  expect(all.length).toBeGreaterThan(50);
  const bonds = all.flatMap(({ body }) => bondsOf(messages.surface.readRequest(body as never)));
  expect(bonds.filter((bond) => !/^[a-z_]+_\d{8}$/.test(bond))).toEqual([]);
});
