/** What the validator compiles takes long and is never let go: it is compiled once, whatever callers send. */
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import type { Document } from "../src/index.ts";
import { document, startTiny, type Tiny } from "./tiny.ts";

const compile = vi.spyOn(Ajv2020.prototype, "compile");
const compiled = (): number => compile.mock.calls.length;
beforeEach(() => void compile.mockClear());
afterAll(() => compile.mockRestore());

/** Serves a document while the work is done. */
async function serving(served: Document, work: (tiny: Tiny) => Promise<void>): Promise<void> {
  const tiny = await startTiny({}, { document: served });
  try {
    await work(tiny);
    expect(tiny.errors).toEqual([]);
  } finally {
    await tiny.close();
  }
}

/** Each operation once, with this content type whether it takes a body or not. */
async function askAll({ url }: Tiny, type = "application/json"): Promise<number[]> {
  const headers = { "content-type": type };
  const post = { method: "POST", headers, body: '{"text":"hello"}' };
  const asked = [
    fetch(`${url}/notes`, post),
    fetch(`${url}/tales`, post),
    fetch(`${url}/notes?limit=2`, { headers }),
    fetch(`${url}/notes/7`, { headers }),
  ];
  const responses = await Promise.all(asked);
  for (const response of responses) await response.body?.cancel();
  return responses.map((response) => response.status);
}

test("hundreds of content types compile nothing anew", async () => {
  await serving(structuredClone(document), async (tiny) => {
    expect(await askAll(tiny)).toEqual([200, 200, 200, 200]);
    const before = compiled();
    expect(before).toBeGreaterThan(0);
    for (let index = 0; index < 100; index += 1) {
      expect(await askAll(tiny, `application/json; x=${index}`)).toEqual([200, 200, 200, 200]);
      expect(await askAll(tiny, `text/x-${index}`)).toEqual([415, 415, 200, 200]);
    }
    expect(compiled()).toBe(before);
  });
});

test("a document is compiled once, however often it is mounted", async () => {
  const mine = structuredClone(document);
  await serving(mine, async (tiny) => void (await askAll(tiny)));
  const before = compiled();
  expect(before).toBeGreaterThan(0);
  await serving(mine, async (tiny) => void (await askAll(tiny)));
  expect(compiled()).toBe(before);
  await serving(structuredClone(mine), async (tiny) => void (await askAll(tiny)));
  expect(compiled()).toBe(2 * before);
});
