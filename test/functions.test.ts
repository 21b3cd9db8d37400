/** Goal: no function of the dialects is longer than a screen. Method: measure them all; a longer one says why above it. */
import { describe, expect, test } from "vitest";
import { functionsOf, readFunctions } from "./functions.ts";
import { readSources } from "./workspace.ts";

const SCREEN = 50;

const files = readSources("packages/dialects").filter((file) => file.startsWith("packages/dialects/src/"));
const functions = files.flatMap(readFunctions);

describe("functions of the dialects", () => {
  test("none is longer than a screen without a reason above it", () => {
    const long = functions.filter(({ lines, isExplained }) => lines > SCREEN && !isExplained);
    expect(long.map(({ file, line, lines }) => `${file}:${line} has ${lines} lines`)).toEqual([]);
  });

  test("most are short", () => {
    const lengths = functions.map(({ lines }) => lines).sort((one, other) => one - other);
    expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(10);
    expect(lengths[Math.floor(lengths.length * 0.9)]).toBeLessThanOrEqual(20);
  });

  test("there are some, in every folder", () => {
    expect(functions.length).toBeGreaterThan(300);
    expect(files.some((file) => file.includes("/messages/"))).toBe(true);
    expect(files.some((file) => file.includes("/chat-completions/"))).toBe(true);
  });
});

describe("how they are measured", () => {
  const body = "  f();\n".repeat(60);
  const rows = [
    ["a function", `function f() {\n${body}}`, 62, false],
    ["one with its reason", `/** Why. */\nfunction f() {\n${body}}`, 62, true],
    ["an arrow", `const f = () => {\n${body}};`, 62, false],
    ["a method", `class C {\n  m() {\n${body}  }\n}`, 62, false],
    ["a getter", `const o = {\n  get g() {\n${body}  },\n};`, 62, false],
    ["a comment further up", `/** Why. */\n\nfunction f() {\n${body}}`, 62, false],
  ] as const;
  test.each(rows)("%s", (_name, text, lines, isExplained) => {
    expect(functionsOf("a.ts", text)).toMatchObject([{ lines, isExplained }]);
  });
});
