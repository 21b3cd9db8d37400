/** Goal: no body is nested so deep that it is our fault. Method: one thing nested deep, anywhere, on every road and leg. */

import { FORMATS, type Format } from "@interchange/config";
import { LEVELS_MAX } from "@interchange/inference";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, OTHER, QUESTIONS, type Rig, startRig } from "./rig.ts";
import { OPERATIONS } from "./stream.ts";
import { faultsOfRefusal } from "./wire.ts";

const rigs = new Map<Format, Rig>();
beforeAll(async () => {
  for (const format of FORMATS) rigs.set(format, await startRig({ dialects: [format] }));
});
afterAll(async () => {
  for (const rig of rigs.values()) {
    expect(rig.log()).not.toContain("an error nobody expected");
    await rig.close();
  }
});

/** Names that are numbers make the engine's writer of JSON recurse, others do not. */
const OPENS = ["[", '{"a":', '{"0":'] as const;

const nest = (open: string, levels: number): string =>
  `${open.repeat(levels)}1${(open === "[" ? "]" : "}").repeat(levels)}`;

const HOLE = "hole";
const user = (content: unknown, rest: object = {}) => ({ role: "user", content, ...rest });
const schema = { type: "object", properties: { a: HOLE } };

/** The places that both formats have, and what each has of its own. */
const PLACES: Readonly<Record<string, Readonly<Record<Format, Record<string, unknown>>>>> = {
  "an unknown property": { "chat-completions": { mood: HOLE }, messages: { mood: HOLE } },
  "an unknown property of a message": {
    "chat-completions": { messages: [user("Hello", { mood: HOLE })] },
    messages: { messages: [user("Hello", { mood: HOLE })] },
  },
  "an unknown property of a part": {
    "chat-completions": { messages: [user([{ type: "text", text: "Hello", mood: HOLE }])] },
    messages: { messages: [user([{ type: "text", text: "Hello", mood: HOLE }])] },
  },
  "the schema of a tool": {
    "chat-completions": { tools: [{ type: "function", function: { name: "f", parameters: schema } }] },
    messages: { tools: [{ name: "f", input_schema: schema }] },
  },
  "the form of the answer": {
    "chat-completions": { response_format: { type: "json_schema", json_schema: { name: "f", schema } } },
    messages: { output_config: { format: { type: "json_schema", schema } } },
  },
};

/** Whether every format has a word for it. */
const isKnown = (place: string): boolean => !place.startsWith("an unknown");

/** What the supplier was sent last, without the signs that hide other signs. */
const sentTo = (rig: Rig): string =>
  Buffer.from(rig.supplier.requests.at(-1)?.body ?? "")
    .toString()
    .replaceAll("\\", "");

const ROADS = FORMATS.flatMap((surface) => FORMATS.map((dialect) => ({ surface, dialect })));

describe.each(ROADS)("$surface over $dialect", ({ surface, dialect }) => {
  const rig = (): Rig => rigs.get(dialect) as Rig;
  const send = (body: string, base = "") => ask(rig(), surface, { base, body });

  describe.each(Object.entries(PLACES))("%s", (place, of) => {
    const body = (open: string, levels: number): string =>
      JSON.stringify(QUESTIONS[surface].body(of[surface])).replace(`"${HOLE}"`, nest(open, levels));

    test.each(OPENS)("%s may go deep", async (open) => {
      for (const base of ["", "/inline"]) {
        const response = await send(body(open, LEVELS_MAX - 10), base);
        await response.text();
        expect(response.status).toBe(200);
        expect(sentTo(rig()).includes(nest(open, LEVELS_MAX - 10))).toBe(surface === dialect || isKnown(place));
      }
    });

    test.each(OPENS)("%s may not go on for ever", async (open) => {
      for (const base of ["", "/inline"]) {
        for (const levels of [20_000, 100_000]) {
          const response = await send(body(open, levels), base);
          const text = await response.text();
          const reply = { status: response.status, headers: Object.fromEntries(response.headers), text };
          expect(reply.status).toBe(400);
          expect(text).toContain(`"The body is nested deeper than ${LEVELS_MAX} levels."`);
          expect(faultsOfRefusal(surface, OPERATIONS[surface], reply)).toEqual([]);
        }
      }
    });
  });

  test.each(OPENS)("a body that is nothing but %s", async (open) => {
    for (const levels of [LEVELS_MAX, 100_000]) {
      const response = await send(nest(open, levels));
      await response.text();
      expect(response.status).toBe(400);
    }
  });
});

/** Arguments are a text in the one format and an object in the other: the body's own depth says nothing of them. */
describe("arguments that are a text", () => {
  const args = (open: string, levels: number): string => `{"a":${nest(open, levels)}}`;
  const called = (text: string) => ({
    role: "assistant",
    tool_calls: [{ id: "call_1", type: "function", function: { name: "f", arguments: text } }],
  });

  test.each(OPENS)("of a caller: %s goes to either kind of supplier", async (open) => {
    for (const rig of rigs.values()) {
      for (const levels of [10, 20_000, 100_000]) {
        const messages = [
          user("Hello"),
          called(args(open, levels)),
          { role: "tool", tool_call_id: "call_1", content: "x" },
        ];
        const response = await ask(rig, "chat-completions", { body: QUESTIONS["chat-completions"].body({ messages }) });
        await response.text();
        expect(response.status).toBe(200);
        expect(sentTo(rig)).toContain(nest(open, levels));
      }
    }
  });
});

test.each(OPENS)("tokens of %s are counted as far as it is taken", async (open) => {
  const rig = rigs.get(OTHER.messages) as Rig;
  const { path, keyHeader, body } = QUESTIONS.messages;
  const count = async (levels: number): Promise<number> => {
    const text = JSON.stringify(body({ tools: [{ name: "f", input_schema: schema }] })).replace(
      `"${HOLE}"`,
      nest(open, levels),
    );
    const headers = { "content-type": "application/json", ...keyHeader(rig.key) };
    const response = await fetch(`${rig.url}${path}/count_tokens`, { method: "POST", headers, body: text });
    await response.text();
    return response.status;
  };
  expect([await count(LEVELS_MAX - 10), await count(20_000), await count(100_000)]).toEqual([200, 400, 400]);
});
