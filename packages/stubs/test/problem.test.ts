/** What a caller is told is wrong: where, in what way, and whether its form or its value. Given a body, wanted a sentence. */
import { document as chatCompletions } from "@interchange/contract/chat-completions";
import { document as messages } from "@interchange/contract/messages";
import { document as platform } from "@interchange/contract/platform";
import { describe, expect, test } from "vitest";
import { bodySchema } from "../src/document.ts";
import { findProblem, type Problem, type Schema } from "../src/index.ts";
import { findParameterProblem } from "../src/problem/index.ts";

const chat = bodySchema(chatCompletions, "/v1/chat/completions", "post") as Schema;
const message = bodySchema(messages, "/v1/messages", "post") as Schema;
const platformBodies = {
  credits: bodySchema(platform, "/v1/accounts/{account_id}/credits", "post") as Schema,
  keys: bodySchema(platform, "/v1/accounts/{account_id}/keys", "post") as Schema,
};
const turn = { role: "user", content: "hi" };

type Row = [given: unknown, want: string | undefined];

const show = (problem: Problem | undefined): string | undefined =>
  problem === undefined ? undefined : `${problem.fault}: ${problem.param} ${problem.problem}`;

describe("chat-completions", () => {
  const rows: Row[] = [
    [{ messages: [turn] }, undefined],
    [[], "shape:  must be an object, not an array"],
    [{}, "shape: messages is missing"],
    [{ messages: "hi" }, "shape: messages must be an array, not a string"],
    [{ messages: [] }, "value: messages must not be empty"],
    [{ messages: [{ content: "hi" }] }, "shape: messages[0].role is missing"],
    [
      { messages: [{ role: "robot", content: "hi" }] },
      'value: messages[0].role must be "system", "developer", "user", "assistant", "tool" or "function", not "robot"',
    ],
    [
      { messages: [turn, { role: "user", content: 7 }] },
      "shape: messages[1].content must be a string or an array, not a number",
    ],
    [{ messages: [{ role: "user", content: [{ type: "text" }] }] }, "shape: messages[0].content[0].text is missing"],
    [{ messages: [turn], temperature: 2.1 }, "value: temperature must be at most 2, not 2.1"],
    [{ messages: [turn], temperature: "hot" }, "shape: temperature must be a number or null, not a string"],
    [{ messages: [turn], n: 0 }, "value: n must be at least 1, not 0"],
    [
      { messages: [turn], seed: Number.POSITIVE_INFINITY },
      "shape: seed must be a whole number or null, not a number beyond all bounds",
    ],
    [{ messages: [turn], n: 1.5 }, "shape: n must be a whole number or null, not a fraction"],
    [{ messages: [turn], stop: ["a", "b", "c", "d", "e"] }, "value: stop must have at most 4 items, not 5"],
    [{ messages: [turn], logit_bias: { 1: 101 } }, "value: logit_bias.1 must be at most 100, not 101"],
    [{ messages: [turn], stream: "yes" }, "shape: stream must be true or false or null, not a string"],
  ];
  test.each(rows)("%j", (given, want) => {
    expect(show(findProblem(chatCompletions, chat, given))).toBe(want);
  });
});

describe("platform", () => {
  const rows: [operation: keyof typeof platformBodies, given: unknown, want: string][] = [
    [
      "credits",
      { amount_usd: "-1" },
      'value: amount_usd must be dollars above zero with at most six decimals, such as "12.50", not "-1"',
    ],
    ["credits", { amount_usd: 0.1234567 }, "shape: amount_usd must be a string, not a number"],
    [
      "credits",
      { amount_usd: "1".repeat(65) },
      'value: amount_usd must be dollars above zero with at most six decimals, such as "12.50", not a longer string',
    ],
    [
      "keys",
      { expires_at: "tomorrow" },
      'value: expires_at must be an instant in UTC, such as "2026-11-23T15:04:06Z", not "tomorrow"',
    ],
  ];
  test.each(rows)("%s %j", (operation, given, want) => {
    expect(show(findProblem(platform, platformBodies[operation], given))).toBe(want);
  });
});

describe("a parameter", () => {
  const usage = { path: "/v1/usage", method: "get" };
  test.each<[path: string, query: Record<string, unknown>, want: string | undefined]>([
    ["/v1/usage/summary", {}, "shape: by is missing"],
    ["/v1/usage/summary", { by: "day" }, undefined],
    ["/v1/usage/summary", { by: "hour" }, 'value: by must be "day", "model", "key" or "instrument", not "hour"'],
    ["/v1/usage", { limit: "0" }, "value: limit must be at least 1, not 0"],
    ["/v1/usage", { limit: "few" }, 'shape: limit must be a whole number, not "few"'],
    ["/v1/usage", { limit: " " }, 'shape: limit must be a whole number, not " "'],
    ["/v1/usage", { limit: ["1", "2"] }, "shape: limit must be a whole number, not an array"],
    ["/v1/usage", { overrun: "perhaps" }, 'shape: overrun must be true or false, not "perhaps"'],
    ["/v1/usage", { overrun: "true", limit: "100" }, undefined],
    [
      "/v1/usage",
      { from: "yesterday" },
      'value: from must be an instant in UTC, such as "2026-11-23T15:04:06Z", not "yesterday"',
    ],
  ])("of %s: %j", (path, query, want) => {
    expect(show(findParameterProblem(platform, { ...usage, path }, { query }))).toBe(want);
  });

  test("of the path is held against its schema too", () => {
    const route = { path: "/v1/accounts/{account_id}", method: "get" };
    const problem = findParameterProblem(platform, route, { query: {}, path: { account_id: "a".repeat(257) } });
    expect(show(problem)).toBe("value: account_id must have at most 256 characters");
  });
});

const SERVER_TOOL = "^([a-z0-9_]+_[0-9]{8}|tool_search_tool_bm25|tool_search_tool_regex|mcp_toolset)$";

describe("messages", () => {
  const body = { model: "text-prime", max_tokens: 10, messages: [turn] };
  const rows: Row[] = [
    [body, undefined],
    [{ ...body, max_tokens: 0 }, "value: max_tokens must be at least 1, not 0"],
    [{ ...body, max_tokens: null }, "shape: max_tokens must be a whole number, not null"],
    [{ ...body, model: undefined }, "shape: model must be a string, not undefined"],
    [{ ...body, temperature: 1.5 }, "value: temperature must be at most 1, not 1.5"],
    [{ ...body, system: 3 }, "shape: system must be a string, an array or null, not a number"],
    [
      { ...body, messages: [{ role: "user", content: [{ type: "image", source: { type: "url" } }] }] },
      "shape: messages[0].content[0].source.url is missing",
    ],
    [
      { ...body, tool_choice: { type: "some" } },
      'value: tool_choice.type must be "auto", "any", "tool" or "none", not "some"',
    ],
    [{ ...body, tools: [{ name: "f" }] }, "shape: tools[0].input_schema is missing"],
    [
      { ...body, tools: [{ type: "web_search_20250305", name: "web search" }] },
      "value: tools[0].name must match ^[A-Za-z0-9_-]{1,128}$",
    ],
    [
      { ...body, tools: [{ type: "web_search" }] },
      `value: tools[0].type must be "custom", null or match ${SERVER_TOOL}, not "web_search"`,
    ],
    [
      { ...body, tools: [{ type: [] }] },
      `shape: tools[0].type must be "custom", null or match ${SERVER_TOOL}, not an array`,
    ],
  ];
  test.each(rows)("%j", (given, want) => {
    expect(show(findProblem(messages, message, given))).toBe(want);
  });
});
