/** What the log says, and what it never says. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FORMATS } from "../src/config/index.ts";
import { ask, QUESTIONS, type Rig, startRig } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

type Line = { readonly msg: string; readonly [name: string]: unknown };

const lines = (): Line[] =>
  rig
    .log()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);

describe.each(FORMATS)("%s", (surface) => {
  test("both legs are there under one id, the ticket is not", async () => {
    const response = await ask(rig, surface);
    await response.text();
    const requestId = response.headers.get("request-id");
    const both = () => lines().filter((line) => line.msg === "answered" && line["requestId"] === requestId);
    await expect.poll(() => both().length).toBe(2);
    const { path } = QUESTIONS[surface];
    expect(both()).toMatchObject([
      { method: "POST", path, status: 307, isWhole: true, tookMs: expect.any(Number) },
      { method: "POST", path: `/r/…${path}`, status: 200, isWhole: true },
    ]);
    expect(rig.log()).not.toMatch(/eyJ/);
  });

  test("nothing of a prompt, even when the supplier repeats it in its refusal", async () => {
    const secret = "the merger is on friday";
    const messages = [{ role: "user", content: `${secret} [[sim status=400 message="you said: ${secret}"]]` }];
    const response = await ask(rig, surface, { base: "/inline", body: QUESTIONS[surface].body({ messages }) });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(secret);
    await expect.poll(() => lines().some((line) => line.msg === "a supplier failed")).toBe(true);
    expect(rig.log()).not.toContain(secret);
  });
});
