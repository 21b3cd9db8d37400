/** Goal: a caller's own deadlines are whole milliseconds within bounds on both surfaces, and refused by name beyond. */

import { FORMATS } from "@interchange/config";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, type Rig, startRig } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(async () => {
  expect(rig.outOfContract).toEqual([]);
  await rig.close();
});

const HEADERS = ["x-interchange-timeout-ms", "x-interchange-first-byte-timeout-ms"];
const DAY_MS = 86_400_000;

const GIVEN: readonly (readonly [given: string, want: number])[] = [
  ["5000", 200],
  [String(DAY_MS), 200],
  ["1", 307],
  ["0", 422],
  ["-1", 422],
  [String(DAY_MS + 1), 422],
  ["99999999999999999999", 422],
  ["1.5", 400],
  ["soon", 400],
  ["5s", 400],
  ["5000, 6000", 400],
];

describe.each(FORMATS)("%s", (surface) => {
  describe.each(HEADERS)("%s", (name) => {
    test.each(GIVEN)("%s is answered %i", async (given, want) => {
      const headers = { [name]: given };
      const response = await ask(rig, surface, want === 307 ? { headers, redirect: "manual" } : { headers });
      const text = await response.text();
      expect(response.status, text).toBe(want);
      if (want < 400) return;
      const { error } = JSON.parse(text) as { error: { message: string; param?: string } };
      expect(error.message).toContain(name);
      if (surface === "chat-completions") expect(error.param).toBe(name);
    });
  });
});
