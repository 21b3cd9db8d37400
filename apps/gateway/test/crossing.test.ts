/** Goal: either surface is filled by suppliers that speak the other format alone, on every leg, streamed and whole. */

import { FORMATS, type Format } from "@interchange/config";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, OTHER, QUESTIONS, type Rig, type RigOptions, startRig } from "./rig.ts";

const SAID = "You asked: “Hello there”";

/** The text of an answer, whole or streamed, in either format. */
function textIn(surface: Format, text: string): string {
  const records = text.startsWith("{")
    ? [text]
    : text.split("\n").flatMap((line) => /^data: (\{.*)/.exec(line)?.[1] ?? []);
  return records.map((record) => textOf(surface, JSON.parse(record))).join("");
}

interface Told {
  readonly choices?: readonly { readonly message?: Said; readonly delta?: Said }[];
  readonly content?: readonly { readonly text?: string }[];
  readonly delta?: { readonly text?: string };
}
interface Said {
  readonly content?: string | null;
}

function textOf(surface: Format, { choices, content, delta }: Told): string {
  if (surface === "messages") return [...(content ?? []), delta ?? {}].map(({ text = "" }) => text).join("");
  const [choice] = choices ?? [];
  return choice?.message?.content ?? choice?.delta?.content ?? "";
}

describe.each(FORMATS)("%s over suppliers of the other format", (surface) => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig({ dialects: [OTHER[surface]] });
  });
  afterAll(() => rig.close());

  test.each([
    ["whole, redirected", "", false],
    ["whole, inline", "/inline", false],
    ["streamed, redirected", "", true],
    ["streamed, inline", "/inline", true],
  ])("%s", async (_, base, stream) => {
    const response = await ask(rig, surface, { base, body: QUESTIONS[surface].body({ stream }) });
    const text = await response.text();
    expect(response.status, text).toBe(200);
    expect(textIn(surface, text)).toContain(SAID);
    expect(rig.supplier.requests.at(-1)?.path).toBe(QUESTIONS[OTHER[surface]].path);
    const receipt = await rig.receipt(response.headers.get("request-id") ?? "");
    expect(receipt).toMatchObject({ status: "reconciled", supplier: "sim-0", model: "sim-model-0" });
    expect(receipt?.tokensUsed).toBeGreaterThan(0);
    expect(rig.outOfContract).toEqual([]);
  });
});

test.each(FORMATS)("%s: a supplier of both formats is asked in the caller's own", async (surface) => {
  const rig = await startRig();
  try {
    await (await ask(rig, surface)).text();
    expect(rig.supplier.requests.at(-1)?.path).toBe(QUESTIONS[surface].path);
  } finally {
    await rig.close();
  }
});

describe("a supplier's habits reach the wire", () => {
  const developed = {
    messages: [
      { role: "developer", content: "Be brief." },
      { role: "user", content: "Hello" },
    ],
  };

  test.each<[string, RigOptions, Record<string, unknown>, unknown]>([
    [
      "no developer",
      { quirks: { developerRole: false } },
      developed,
      { messages: [{ role: "system" }, { role: "user" }] },
    ],
    ["none", {}, developed, { messages: [{ role: "developer" }, { role: "user" }] }],
    [
      "another name for the cap",
      { quirks: { outputCap: "max_completion_tokens" } },
      { max_tokens: 99 },
      { max_completion_tokens: 99 },
    ],
  ])("%s", async (_, options, extra, want) => {
    const rig = await startRig({ dialects: ["chat-completions"], ...options });
    try {
      const body = QUESTIONS["chat-completions"].body(extra);
      const response = await ask(rig, "chat-completions", { body });
      await response.text();
      expect(response.status).toBe(200);
      expect(JSON.parse(rig.supplier.requests.at(-1)?.body.toString() ?? "")).toMatchObject(want as object);
    } finally {
      await rig.close();
    }
  });
});

describe("what nobody can do is named as the caller would recognise it", () => {
  const SEARCH = { tools: [{ type: "web_search_20250305", name: "web_search" }] };

  test.each<[string, Format, readonly Format[], object, string]>([
    [
      "Q23 a tool that the supplier would run, in its own format: its type, not tools of any kind",
      "messages",
      ["messages"],
      SEARCH,
      "No supplier of this instrument can honour web_search_20250305. sim-0: offers no server tools.",
    ],
    [
      "Q23 the same in a format that has no such tools",
      "messages",
      ["chat-completions"],
      SEARCH,
      "No supplier of this instrument can honour web_search_20250305. sim-0: speaks the chat-completions format, which cannot say web_search_20250305.",
    ],
    [
      "Q23 what the supplier's format has no words for",
      "chat-completions",
      ["messages"],
      { response_format: { type: "json_object" } },
      "No supplier of this instrument can honour response_format. sim-0: speaks the messages format, which allows no JSON without a schema.",
    ],
  ])("%s", async (_, surface, dialects, extra, want) => {
    const rig = await startRig({ dialects, lacks: ["server-tools"] });
    try {
      const response = await ask(rig, surface, { body: QUESTIONS[surface].body({ ...extra }), redirect: "manual" });
      const { error } = (await response.json()) as { error: { message: string } };
      expect([response.status, error.message]).toEqual([400, want]);
    } finally {
      await rig.close();
    }
  });
});
