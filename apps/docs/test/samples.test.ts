/** Goal: whoever copies a sample has something that works. Method: every one is held against the types of what it imports, or read by a shell. */
import { execFileSync } from "node:child_process";
import type { Json } from "@interchange/contract";
import { describe, expect, test } from "vitest";
import { operationsOf } from "../src/reference/operation.ts";
import { readReferences } from "../src/reference/reference.ts";
import { type Call, targetOf } from "../src/samples/call.ts";
import { curl } from "../src/samples/curl.ts";
import { LABELS, samplesOf, withSamples } from "../src/samples/index.ts";
import { literalOf } from "../src/samples/literal.ts";
import { faultsOf } from "./compile.ts";
import { writtenOf } from "./samples.ts";

const references = await readReferences();
const written = writtenOf(references);

describe("every operation", () => {
  const operations = references.flatMap((reference) =>
    operationsOf(reference.document).map(
      (operation) => [`${reference.name} ${operation.id}`, reference, operation] as const,
    ),
  );
  test.each(operations)(
    "%s has samples for curl and our client, and no label that the page does not know",
    (_, reference, operation) => {
      const labels = samplesOf(reference, operation).map(({ label }) => label);
      expect(labels).toEqual(expect.arrayContaining(["curl", "Our client"]));
      expect(LABELS.map(({ label }) => label)).toEqual(expect.arrayContaining(labels));
    },
  );
  test("has labels that fit into Redoc's list of languages", () => {
    expect(LABELS.filter(({ label }) => label.length > 18)).toEqual([]);
  });
  test("of a surface has a sample for its vendor's SDK", () => {
    const surfaces = operations.filter(([, { name }]) => name !== "platform");
    expect(surfaces.length).toBeGreaterThan(5);
    for (const [name, reference, operation] of surfaces)
      expect([name, samplesOf(reference, operation).map(({ label }) => label)]).toEqual([
        name,
        expect.arrayContaining([expect.stringMatching(/^(?:OpenAI|Anthropic) SDK$/)]),
      ]);
  });
  test("is in the document that the page is made of, with a sample of each example", () => {
    for (const reference of references) {
      const text = JSON.stringify(withSamples(reference));
      expect(text.split('"x-codeSamples":').length - 1).toBe(operationsOf(reference.document).length);
      expect(JSON.stringify(reference.document)).not.toContain("x-codeSamples");
    }
    const chat = references.find(({ name }) => name === "chat-completions");
    const path = withSamples(chat as (typeof references)[0]).paths["/v1/chat/completions"]?.["post"] as {
      "x-codeSamples": { label: string; sources: Record<string, string> }[];
    };
    const [first] = path["x-codeSamples"];
    expect(first?.sources["tool"]).toContain("get_weather");
    expect(first?.sources["text"]).not.toContain("get_weather");
  });
});

describe("curl", () => {
  const samples = written.filter(({ label }) => label === "curl");

  test("every sample is read by a shell as the request that the contract shows", () => {
    // A `curl` of our own tells what it was given, word by word.
    const script = samples.map(({ source }) => `${source}\nprintf '\\n\\036'`).join("\n");
    const told = `curl() { printf '%s\\037' "$@"; }\nKEY=secret\n${script}`;
    const requests = execFileSync("sh", ["-c", 'eval "$(cat)"'], { input: told, encoding: "utf8", maxBuffer: 2 ** 26 })
      .split("\n\u001e")
      .slice(0, -1)
      .map((words) => words.split("\u001f").slice(0, -1));
    expect(requests).toHaveLength(samples.length);
    for (const [index, words] of requests.entries()) {
      const { call, name } = samples[index] as (typeof samples)[0];
      expect([name, readCurl(words)]).toEqual([
        name,
        {
          method: call.operation.method,
          url: `http://localhost:4000${targetOf(call)}`,
          follows: call.isRedirected,
          key: "Bearer secret",
          body: call.body,
        },
      ]);
    }
  });

  test("a body with quotes and signs of the shell is sent as it stands", () => {
    const call = samples.find((each) => each.call.operation.id === "createAccount")?.call as Call;
    const source = curl.write({ ...call, body: { text: "it's $KEY `here`" } }) ?? "";
    const told = execFileSync("sh", ["-c", `curl() { for last; do :; done; printf '%s' "$last"; }\n${source}`], {
      encoding: "utf8",
    });
    expect(JSON.parse(told)).toEqual({ text: "it's $KEY `here`" });
  });
});

/** What the words of a call mean to curl. */
function readCurl(words: readonly string[]): object {
  const after = (flag: string) => words.filter((_, index) => words[index - 1] === flag);
  const body = after("-d")[0];
  return {
    method: after("-X")[0] ?? (body === undefined ? "GET" : "POST"),
    url: words.find((word) => word.startsWith("http")),
    follows: words.includes("-L"),
    key: after("-H")[0]?.replace("Authorization: ", ""),
    body: body === undefined ? undefined : (JSON.parse(body) as Json),
  };
}

describe("TypeScript", () => {
  const samples = written.filter(({ label }) => label !== "curl");

  test("every sample compiles against what it imports", async () => {
    expect(await faultsOf(samples)).toEqual([]);
  }, 120_000);

  test("those that are not looked at would not compile, and neither does a call of something else", async () => {
    const unlooked = samples
      .filter(({ source }) => source.startsWith("// @ts-nocheck"))
      .map((sample) => ({ ...sample, source: sample.source.replace(/^.*\n/, "") }));
    const [first] = samples;
    const wrong = { name: "wrong", source: (first?.source ?? "").replace(/client\.\w+/, "client.nothing") };
    const faults = await faultsOf([...unlooked, wrong]);
    for (const { name } of [...unlooked, wrong])
      expect([name, faults.some((fault) => fault.startsWith(`${name}: `))]).toEqual([name, true]);
  }, 120_000);
});

test.each<[string, Json, string]>([
  ["a text", 'a"b', String.raw`"a\"b"`],
  ["nothing", null, "null"],
  ["names that need quotes", { "a-b": 1, c: [true] }, '{ "a-b": 1, c: [true] }'],
  ["nothing in it", { a: {}, b: [] }, "{ a: {}, b: [] }"],
  [
    "more than a line",
    { message: "x".repeat(60), list: [{ one: 1 }, 2] },
    `{\n  message: "${"x".repeat(60)}",\n  list: [{ one: 1 }, 2],\n}`,
  ],
])("a literal: %s", (_, value, want) => expect(literalOf(value)).toBe(want));
