/** Every transcript that we keep: its head is whole, and it is replayed as it was recorded. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { startSupplier } from "../src/index.ts";
import { readHead, type TranscriptHead, writeHead } from "../src/transcript-head.ts";
import { ask, type FormatName, formatNames, jsonOf, sim, supplierForTests } from "./caller.ts";

const supplier = supplierForTests();

function folderOf(format: FormatName): URL {
  return new URL(`../transcripts/${format}/`, import.meta.url);
}

interface Kept {
  readonly name: string;
  readonly head: TranscriptHead;
}

function kept(format: FormatName): readonly Kept[] {
  const heads = readdirSync(folderOf(format)).filter((file) => file.endsWith(".yaml"));
  return heads.map((file) => ({
    name: file.replace(".yaml", ""),
    head: readHead(readFileSync(new URL(file, folderOf(format)), "utf8")),
  }));
}

/** What came until the end, or until the connection broke. */
async function readAll(response: Response): Promise<{ readonly text: string; readonly torn: boolean }> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of response.body ?? []) chunks.push(chunk as Uint8Array);
  } catch {
    return { text: Buffer.concat(chunks).toString(), torn: true };
  }
  return { text: Buffer.concat(chunks).toString(), torn: false };
}

describe.each(formatNames)("%s", (format) => {
  test("every file has its head, and every head its files", () => {
    const told = kept(format).flatMap(({ name, head }) =>
      ["yaml", ...(["sse", "json"] as const).filter((kind) => head[kind] !== undefined)].map((end) => `${name}.${end}`),
    );
    expect(told.sort()).toEqual(readdirSync(folderOf(format)).sort());
    for (const { head } of kept(format)) {
      expect(head.about).toMatch(/\S/);
      expect(head.origin).toMatch(/^recorded$|^written after https:\/\/\S+$/);
      expect(readHead(writeHead(head))).toEqual(head);
    }
  });

  test.each(kept(format))("$name is replayed", async ({ name, head }) => {
    for (const kind of ["sse", "json"] as const) {
      const answer = head[kind];
      if (answer === undefined) continue;
      const asked = { stream: kind === "sse" };
      const response = await ask(supplier.current.url, format, asked, sim(`transcript=${name}`));
      expect([response.status, response.headers.get("content-type")]).toEqual([answer.status, answer.contentType]);
      expect(Object.fromEntries(response.headers)).toMatchObject(answer.headers ?? {});
      const text = readFileSync(new URL(`${name}.${kind}`, folderOf(format)), "utf8");
      expect(await readAll(response)).toEqual({ text, torn: answer.ending === "reset" });
    }
  });
});

test.each<[string, string]>([
  ["no text of an object", "- a\n"],
  ["without an origin", "server: a\ndate: b\nrequest: {}\n"],
  ["without a request", "origin: recorded\nserver: a\ndate: b\n"],
  ["without a status", "origin: recorded\nserver: a\ndate: b\nrequest: {}\njson: { contentType: text/html }\n"],
  ["no YAML", "a: [\n"],
])("a head that is %s is a 400 that names the file", async (_, text) => {
  const folder = mkdtempSync(join(tmpdir(), "transcripts-"));
  mkdirSync(join(folder, "messages"));
  writeFileSync(join(folder, "messages/odd.json"), "{}");
  writeFileSync(join(folder, "messages/odd.yaml"), text);
  const own = await startSupplier({ config: { transcripts: folder } });
  const response = await ask(own.url, "messages", {}, sim("transcript=odd"));
  expect([response.status, (await jsonOf(response)).error.message]).toEqual([400, expect.stringContaining("odd.yaml")]);
  await own.close();
});
