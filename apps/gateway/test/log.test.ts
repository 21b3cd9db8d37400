/** What the log says, and what it never says. */

import { FORMATS } from "@interchange/config";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { question, sendRaw } from "./raw.ts";
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

  test.each([
    ["in absolute form", (location: string) => `http://h${location}`],
    ["behind another slash", (location: string) => `/${location}`],
    ["behind another leg", (location: string) => `/inline${location}`],
  ])("a ticket in a target %s is not there either", async (_, targetOf) => {
    const { body } = QUESTIONS[surface];
    const given = await ask(rig, surface, { redirect: "manual" });
    const location = given.headers.get("location") ?? "";
    const reply = await sendRaw(rig.url, question(targetOf(location), {}, body()));
    const requestId = reply.headers["request-id"];
    await expect
      .poll(() => lines().some((line) => line["requestId"] === requestId && line["status"] === reply.status))
      .toBe(true);
    expect(location.split("/")[2]).toMatch(/^eyJ/);
    expect(rig.log()).not.toMatch(/eyJ/);
  });

  test("nothing of a prompt, even when the supplier repeats it in its refusal", async () => {
    const secret = "the merger is on friday";
    const messages = [{ role: "user", content: `${secret} [[sim status=400 message="you said: ${secret}"]]` }];
    const response = await ask(rig, surface, { base: "/inline", body: QUESTIONS[surface].body({ messages }) });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(secret);
    await expect.poll(() => lines().some((line) => line.msg === "a supplier refused a request")).toBe(true);
    expect(rig.log()).not.toContain(secret);
  });
});

test("what could not be read is there under the id that was told, without its bytes", async () => {
  const reply = await sendRaw(rig.url, "POST /r/eyJhbGciOi HTTP/1.1\r\nx-api-key: ick_secret\u0001\r\n\r\n");
  const requestId = reply.headers["request-id"];
  const line = () => lines().find((one) => one["requestId"] === requestId);
  await expect.poll(line).toMatchObject({ msg: "could not be read", status: 400, code: "HPE_INVALID_HEADER_TOKEN" });
  expect(rig.log()).not.toMatch(/ick_secret|eyJ/);
});

test("a preflight is there under the id that was told", async () => {
  const reply = await fetch(`${rig.url}/v1/messages`, { method: "OPTIONS" });
  const requestId = reply.headers.get("request-id");
  expect(requestId).toMatch(/^req_\w+$/);
  await expect.poll(() => lines().some((line) => line["requestId"] === requestId && line["status"] === 204)).toBe(true);
});
