/** Goal: the guide to translation says of an answer's end what the dialects say of it. */
import { readFileSync } from "node:fs";
import { dialects } from "@interchange/dialects";
import { type FinishReason, NO_USAGE, type Part } from "@interchange/inference";
import { expect, test } from "vitest";

const GUIDE = readFileSync(new URL("../../../apps/docs/guides/translation.md", import.meta.url), "utf8");

/** The guide's words for each reason. */
const REASONS: Readonly<Record<Exclude<FinishReason, "unknown">, string>> = {
  stop: "it was complete",
  "stop-sequence": "a stop sequence",
  length: "the cap on the answer",
  "context-length": "the context was full",
  "tool-use": "it calls tools",
  "content-filter": "it was declined",
  pause: "the supplier paused",
};

test("how an answer ended", () => {
  const [section = ""] = /## How an answer ended[\s\S]*?(?=\n## )/.exec(GUIDE) ?? [];
  const rows = section.split("\n").filter((line) => line.startsWith("| ") && line.includes("`"));
  expect(rows).toEqual(
    Object.entries(REASONS).map(([reason, why]) => {
      const { chat, messages } = endsOf(reason as FinishReason);
      return `| ${why} | \`${chat}\` | \`${messages}\` |`;
    }),
  );
});

/** What either surface says of an answer whose supplier spoke another format. */
function endsOf(reason: FinishReason): { readonly chat: unknown; readonly messages: unknown } {
  const call: Part = { type: "tool-call", callId: "call_1", name: "look", input: "{}" };
  const content: Part[] = reason === "tool-use" ? [call] : [{ type: "text", text: "…" }];
  const choice = { index: 0, content, finish: { reason, raw: null } };
  const answer = { id: "1", model: "m", choices: [choice], usage: NO_USAGE };
  const chat = dialects["chat-completions"].surface.writeAnswer(answer);
  const messages = dialects.messages.surface.writeAnswer(answer);
  return { chat: chat.choices[0]?.finish_reason, messages: messages.stop_reason };
}
