/** A body within another is refused for what its own operation would refuse it for. Given a body, wanted a sentence. */
import { document as chatCompletions } from "@interchange/contract/chat-completions";
import { document as messages } from "@interchange/contract/messages";
import { explain, statusOf } from "@interchange/inference";
import { describe, expect, test } from "vitest";
import { bodyCheckOf, chatCompletionsRoutes, messagesRoutes } from "../src/index.ts";
import { document, routes, startTiny } from "./tiny.ts";

type Row = [given: unknown, want: string | undefined];

const turn = { role: "user", content: "hi" };

const DEEP = JSON.parse(`${'{"a":'.repeat(300)}1${"}".repeat(300)}`);

const CHECKS = {
  "chat-completions": bodyCheckOf(chatCompletions, chatCompletionsRoutes, "createChatCompletion"),
  messages: bodyCheckOf(messages, messagesRoutes, "createMessage"),
};

const ROWS: Readonly<Record<keyof typeof CHECKS, readonly Row[]>> = {
  "chat-completions": [
    [{ messages: [turn] }, undefined],
    [{ messages: [turn], anything: DEEP }, undefined],
    [{}, "400: messages is missing."],
    [{ messages: [] }, "422: messages must not be empty."],
    [
      { messages: [{ role: "user", content: 7 }] },
      "400: messages[0].content must be a string or an array, not a number.",
    ],
    [{ messages: [turn], temperature: 3 }, "422: temperature must be at most 2, not 3."],
    [[], "400: The body must be an object, not an array."],
  ],
  messages: [
    [{ model: "a", max_tokens: 1, messages: [turn] }, undefined],
    [{ model: "a", messages: [turn] }, "400: max_tokens is missing."],
    [{ model: "a", max_tokens: 0, messages: [turn] }, "422: max_tokens must be at least 1, not 0."],
    [{ model: 7, max_tokens: 1, messages: [turn] }, "400: model must be a string, not a number."],
  ],
};

describe.each(Object.entries(ROWS))("%s", (surface, rows) => {
  test.each(rows)("%j", async (given, want) => {
    const before = JSON.stringify(given);
    const found = await CHECKS[surface as keyof typeof CHECKS](given);
    expect(found === undefined ? undefined : `${statusOf(found)}: ${explain(found)}`).toBe(want);
    expect(JSON.stringify(given)).toBe(before);
  });
});

test.each([{ text: "hello" }, {}, { text: "" }, { text: 7 }, { text: "a", stars: 6 }, [], "text", 7])(
  "%j is told as by the operation itself",
  async (body) => {
    const tiny = await startTiny();
    try {
      const headers = { "content-type": "application/json" };
      const answer = await fetch(`${tiny.url}/tales`, { method: "POST", headers, body: JSON.stringify(body) });
      const { said } = (await answer.json()) as { said?: string };
      const found = await bodyCheckOf(document, routes, "tellTale")(body);
      expect(found === undefined ? [200, undefined] : [statusOf(found), explain(found)]).toEqual([answer.status, said]);
    } finally {
      await tiny.close();
    }
  },
);

test.each(["listNotes", "noSuchOperation"])("%s takes no body", (operationId) => {
  expect(() => bodyCheckOf(document, routes, operationId)).toThrow(`No operation ${operationId} takes a body`);
});
