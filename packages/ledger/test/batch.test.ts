/** Goal: what is sent to PostgreSQL in one go is what was given, and a batch that failed leaves the session as good as it was. */

import { expect, onTestFinished, test } from "vitest";
import { openSession, type Session } from "../src/postgres/session.ts";
import { freshDatabase, query } from "./server.ts";

async function freshSession(): Promise<Session> {
  const url = await freshDatabase();
  const session = await openSession({ url, role: "writer", schema: "interchange", timeoutMs: 5_000 });
  onTestFinished(() => session.close());
  return session;
}

const ECHO = `SELECT given.value ->> 0 AS word, CAST(given.value ->> 1 AS BIGINT) AS number, $2 || '' AS other
  FROM json_each($1) AS given`;

test.each([[""], ["a,b"], ['"'], ["\\"], ['\\"'], ["{}"], ["NULL"], ["null"], [" "], ["a\nb\tc"], ["é€😀"], [null]])(
  "the text %j comes back as it was given",
  async (word) => {
    const session = await freshSession();
    const rows = [
      [word, 1],
      ["x", null],
    ];
    const [answer] = await session.run([{ text: ECHO, values: [rows, "o"] }]);
    expect(answer).toEqual([
      { word, number: 1, other: "o" },
      { word: "x", number: null, other: "o" },
    ]);
  },
);

test("numbers to either end of what a number holds", async () => {
  const session = await freshSession();
  const numbers = [0, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
  const [answer = []] = await session.run([{ text: ECHO, values: [numbers.map((number) => ["x", number]), "o"] }]);
  expect(answer.map(({ number }) => number)).toEqual(numbers);
});

test("no rows at all", async () => {
  const session = await freshSession();
  expect(await session.run([{ text: ECHO, values: [[], "o"] }])).toEqual([[]]);
});

test("after one that was refused, what was sent with it can be sent again", async () => {
  const session = await freshSession();
  const one = { text: "SELECT $1 || 'a' AS one", values: ["x"] };
  const two = { text: "SELECT $1 || 'b' AS two", values: ["y"] };
  const refused = { text: "SELECT 1 / CAST($1 AS BIGINT) AS three", values: [0] };
  await expect(session.run([one, refused, two])).rejects.toThrow("division by zero");
  expect(await session.run([one, two, { ...refused, values: [1] }])).toEqual([
    [{ one: "xa" }],
    [{ two: "yb" }],
    [{ three: 1 }],
  ]);
});

test("a commit that goes along does not happen when something before it is refused", async () => {
  const session = await freshSession();
  const begin = { text: "BEGIN", values: [] };
  const insert = { text: "INSERT INTO note (name, document, at_ms) VALUES ($1, '{}', 1)", values: ["n"] };
  await expect(session.run([begin, insert, insert], "COMMIT")).rejects.toMatchObject({ code: "23505" });
  await session.command("ROLLBACK");
  const count = { text: "SELECT COUNT(*) AS notes FROM note", values: [] };
  expect(await session.run([count])).toEqual([[{ notes: 0 }]]);
  await session.run([begin, insert], "COMMIT");
  expect(await session.run([count])).toEqual([[{ notes: 1 }]]);
});

test.each(["account", "lot", "hold"])("rows of %s are never deleted", async (table) => {
  const url = await freshDatabase();
  await expect(query(url, `DELETE FROM ${table}`)).rejects.toThrow("never deleted");
});
