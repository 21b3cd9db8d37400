/** The validators of the tiny contract, written to disk and run: what they accept, and the first thing they say against the rest. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { OperationChecks } from "../src/static/validator.ts";
import { tinyFiles } from "./tiny-contract.ts";

let root: string;
let echo: Record<string, OperationChecks>;
let timeOfDay: Record<string, OperationChecks>;
let shelf: Record<string, OperationChecks>;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "interchange-validators-"));
  for (const [path, text] of Object.entries(tinyFiles)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  const validatorsOf = async (name: string) =>
    (await import(join(root, `packages/contract/src/${name}/validators.ts`))).validators;
  echo = await validatorsOf("echo");
  timeOfDay = await validatorsOf("time-of-day");
  shelf = await validatorsOf("shelf");
});

afterAll(() => rm(root, { recursive: true }));

const said = { type: "text", text: "hello" };
const parts = [said];

describe("a request", () => {
  test.each([
    ["with what is required", { parts }],
    ["with every part", { parts: [said, { type: "tool", name: "look_up", input: { any: 1 } }] }],
    ["with null where null is allowed", { parts, stream: null, loudness: null }],
    ["at its bounds", { parts, loudness: 2, description: "eight ch", metadata: { four: "1", "": "2" } }],
    ["counted in characters, not in units", { parts, description: "👋👋👋👋👋👋👋👋" }],
    ["with what nobody knows", { parts: [{ ...said, more: 1 }], unknown: { any: true } }],
  ])("%s is accepted", (_, body) => {
    expect(echo["createEcho"]?.request?.(body)).toBe(true);
    expect(echo["createEcho"]?.request?.errors).toBeNull();
  });

  test.each([
    ["that is no object", [], "", "type"],
    ["without parts", {}, "", "required"],
    ["with no part", { parts: [] }, "/parts", "minItems"],
    ["with a part that is no object", { parts: ["hello"] }, "/parts/0", "type"],
    ["with a part without its tag", { parts: [{ text: "hello" }] }, "/parts/0", "required"],
    ["with a part of an unknown kind", { parts: [said, { type: "smell" }] }, "/parts/1", "discriminator"],
    ["with a part without its words", { parts: [{ type: "text" }] }, "/parts/0", "required"],
    ["with an empty text", { parts: [{ type: "text", text: "" }] }, "/parts/0/text", "minLength"],
    ["with a bad name", { parts: [{ type: "tool", name: "a b" }] }, "/parts/0/name", "pattern"],
    ["over a bound", { parts, loudness: 2.1 }, "/loudness", "maximum"],
    ["under a bound", { parts, loudness: -0.1 }, "/loudness", "minimum"],
    ["of the wrong type", { parts, stream: "yes" }, "/stream", "type"],
    ["too long", { parts, description: "nine char" }, "/description", "maxLength"],
    ["with a property name that is too long", { parts, metadata: { fives: "" } }, "/metadata", "maxLength"],
    ["with a property of the wrong type", { parts, metadata: { four: 4 } }, "/metadata/four", "type"],
  ])("%s is refused", (_, body, instancePath, keyword) => {
    expect(echo["createEcho"]?.request?.(body)).toBe(false);
    expect(echo["createEcho"]?.request?.errors?.[0]).toMatchObject({ instancePath, keyword });
  });
});

describe("by operation there is", () => {
  test("a validator for each status with a body", () => {
    expect(Object.keys(echo["createEcho"]?.responses ?? {})).toEqual(["200", "400", "429"]);
    expect(echo["createEcho"]?.responses[200]?.({ id: "1", text: "hello" })).toBe(true);
    expect(echo["createEcho"]?.responses[200]?.({ id: 1, text: "hello" })).toBe(false);
    expect(echo["createEcho"]?.responses[429]?.({ error: { message: "slow down", code: null } })).toBe(true);
  });

  test("a validator of one event", () => {
    expect(echo["createEcho"]?.event?.({ object: "echo.delta", delta: "hel" })).toBe(true);
    expect(echo["createEcho"]?.event?.({ error: { message: "lost", code: null } })).toBe(true);
    expect(echo["createEcho"]?.event?.({ object: "echo.delta" })).toBe(false);
  });

  test("a validator for an inline schema", () => {
    expect(timeOfDay["readTime"]?.responses[200]?.({ hour: 23 })).toBe(true);
    expect(timeOfDay["readTime"]?.responses[200]?.({ hour: 24 })).toBe(false);
  });

  test("a rule for a format where the contract gives a pattern: the format itself is words", () => {
    const { request } = shelf["createBox"] ?? {};
    expect(request?.({ contents: "", until: null })).toBe(false);
    expect(request?.({ contents: "hats", until: "2026-11-23T15:04:06Z" })).toBe(true);
    expect(request?.({ contents: "hats", until: "2026-99-99T99:99:99Z" })).toBe(true);
    expect(request?.({ contents: "hats", until: "tomorrow" })).toBe(false);
  });

  test("null where there is nothing to validate", () => {
    expect(echo["deleteEcho"]).toEqual({ request: null, responses: {}, event: null });
  });
});
