/** Goal: the guide says of every fault what its check says, and the advice names commands that are there. */
import { readFileSync } from "node:fs";
import { PassThrough } from "node:stream";
import type { Command } from "commander";
import { expect, test } from "vitest";
import { CHECKS } from "../../src/doctor/checks/index.ts";
import { createProgram } from "../../src/program.ts";
import { FAULTS, TABLE } from "./fault-table.ts";

const GUIDE = readFileSync(new URL("../../../docs/guides/troubleshooting.md", import.meta.url), "utf8");

test("the table of the guide is that of the checks", () => {
  const [table] = /^\| fault .*\n(?:\|.*\n)*/m.exec(GUIDE) ?? [];
  expect(table).toBe(TABLE);
});

test("a fault that several checks may name has one advice", () => {
  const different = CHECKS.flatMap(({ id, faults }) =>
    Object.entries(faults).flatMap(([fault, advice]) =>
      JSON.stringify(FAULTS.get(fault)) === JSON.stringify(advice) ? [] : [`${id} ${fault}`],
    ),
  );
  expect(different).toEqual([]);
});

test.each([...FAULTS])("the advice on %s can be followed", (_fault, { sees, remedy }) => {
  const words = commandsIn(createProgram(silentTerminal()));
  for (const [said = "", first = "", second = ""] of remedy.matchAll(/\binterchange ([a-z-]+)(?: ([a-z-]+))?/g)) {
    expect(words.has(first) || words.has(`${first} ${second}`), said).toBe(true);
  }
  for (const text of [sees, remedy]) expect(text).toMatch(/^[^|<>\n]+\.$/);
});

function commandsIn(program: Command): ReadonlySet<string> {
  const nested = program.commands.flatMap((noun) => noun.commands.map((verb) => `${noun.name()} ${verb.name()}`));
  const single = program.commands.filter(({ commands }) => commands.length === 0).map((command) => command.name());
  return new Set([...single, ...nested]);
}

function silentTerminal() {
  const stream = () => new PassThrough();
  const { signal } = new AbortController();
  return { stdin: stream(), stdout: stream(), stderr: stream(), env: {}, signal, nowMs: Date.now };
}
