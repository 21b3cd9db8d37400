/** Goal: what breaks callers turns the gate red by name, and nothing else does. Method: the gate's own command over changed copies of spec/. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { readNames, readText } from "../workspace.ts";
import { BREAKS, COMPATIBLE } from "./edits.ts";
import { type Content, type Outcome, SpecCopy } from "./spec-copy.ts";

const DOCUMENTS = ["chat-completions", "messages", "platform"];

function wholeCopy(): SpecCopy {
  const copy = new SpecCopy();
  onTestFinished(() => copy.remove());
  return copy;
}

function smallCopy(): SpecCopy {
  const copy = wholeCopy();
  copy.shrink();
  return copy;
}

describe("a change that breaks callers", () => {
  const copy = new SpecCopy();
  let outcome: Outcome;
  beforeAll(async () => {
    for (const edit of BREAKS) copy.edit(edit);
    outcome = await copy.run();
  });
  afterAll(() => copy.remove());

  const partOf = (document: string) => outcome.stderr.split("\n\n").find((part) => part.startsWith(`${document} `));

  test("turns the gate red", () => expect(outcome.code).toBe(1));
  test.each(BREAKS)("is named: $title", ({ document, says }) => expect(partOf(document)).toContain(says));
  test.each(DOCUMENTS)("comes with what to do: %s", (document) => {
    const lines = partOf(document)?.trim().split("\n") ?? [];
    expect(lines[0]).toMatch(
      new RegExp(`^${document} breaks its callers, and its version does not say so \\(released: (\\S+), now: \\1\\):$`),
    );
    expect(lines.at(-1)).toMatch(
      new RegExp(`or, if it has to break, raise \`info.version\` in spec/${document}/openapi.yaml to \\d+\\.\\d+\\.0 `),
    );
  });
});

test("changes that break nobody leave the gate green, with the version as it was", async () => {
  const copy = wholeCopy();
  for (const edit of COMPATIBLE) copy.edit(edit);
  const { code, stdout, stderr } = await copy.run();
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(
    stdout
      .trim()
      .split("\n")
      .map((line) => line.split(/ {2,}/)),
  ).toEqual([
    ["chat-completions", "released 0.1.0", "now 0.1.0", "changed, and nobody has to mind"],
    ["messages", "released 0.1.0", "now 0.1.0", "with something new"],
    ["platform", "released 0.1.0", "now 0.1.0", "with something new"],
  ]);
});

const ANSWERS = (content: Content): Content => content.paths["/v1/things"].get.responses;

const breaking = (copy: SpecCopy): void =>
  copy.edit({ file: "small.yaml", change: (content) => Reflect.deleteProperty(ANSWERS(content), "409") });

const compatible = (copy: SpecCopy): void =>
  copy.edit({
    file: "small.yaml",
    change: (content) => {
      ANSWERS(content)["200"].content["application/json"].schema.properties.colour = { type: "string" };
    },
  });

describe("the version", () => {
  test.each<[string, (copy: SpecCopy) => void, string, RegExp | undefined]>([
    [
      "0.1.1 after a break",
      breaking,
      "0.1.1",
      /breaks its callers.*\n.*answer 409.*\n.*raise `info.version` .* to 0\.2\.0/,
    ],
    ["0.2.0 after a break", breaking, "0.2.0", undefined],
    ["1.0.0 after a break", breaking, "1.0.0", undefined],
    ["0.1.1 after something new", compatible, "0.1.1", undefined],
    ["0.0.9 after anything", compatible, "0.0.9", /0\.0\.9 in \S+, and 0\.1\.0 is released: a version never goes back/],
    ["raised for nothing", () => undefined, "0.3.0", undefined],
    ["that is none", () => undefined, "soon", /`info.version` has to be three numbers such as 0\.2\.0, and is soon/],
  ])("%s", async (_title, change, version, wrong) => {
    const copy = smallCopy();
    change(copy);
    copy.version(version);
    const { code, stderr } = await copy.run();
    expect(stderr).toMatch(wrong ?? /^$/);
    expect(code).toBe(wrong === undefined ? 0 : 1);
  });

  test("from 1.0.0 on: something new needs the second number, once the version moves at all", async () => {
    const copy = smallCopy();
    copy.edit({ file: "released/small.json", change: ({ info }) => Object.assign(info, { version: "1.4.2" }) });
    compatible(copy);
    copy.version("1.4.3");
    const { code, stderr } = await copy.run();
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /gives its callers something new.*\n.*colour.*\nWhat to do: raise .* to 1\.5\.0\.$|to 1\.5\.0/m,
    );
  });
});

describe("a document", () => {
  test("that is listed no more is a break", async () => {
    const copy = smallCopy();
    copy.edit({ file: "released/messages.json", change: (content) => Object.assign(content, { openapi: "3.1.0" }) });
    const { code, stderr } = await copy.run();
    expect(code).toBe(1);
    expect(stderr).toContain("messages was released, and spec/redocly.yaml lists it no more");
  });

  test("that was never released has to be, so that nobody goes round the gate by removing a file", async () => {
    const copy = smallCopy();
    copy.edit({ file: "redocly.yaml", change: ({ apis }) => Object.assign(apis, { other: { ...apis.small } }) });
    const { code, stderr } = await copy.run();
    expect(code).toBe(1);
    expect(stderr).toContain(
      "other was never released, so that nobody can tell what would break: run `pnpm release:contract`",
    );
  });

  test("that does not bundle is told of in Redocly's words", async () => {
    const copy = smallCopy();
    copy.edit({
      file: "small.yaml",
      change: ({ paths }) => Object.assign(paths, { "/v1/x": { $ref: "no.yaml" } }),
    });
    const { code, stderr } = await copy.run();
    expect(code).toBe(1);
    expect(stderr).toMatch(/small does not bundle: [\s\S]*no\.yaml/);
  });
});

describe("a release of the contract", () => {
  const releasedIn = (copy: SpecCopy) => readFileSync(join(copy.folder, "released/small.json"), "utf8");

  test.each<[string, (copy: SpecCopy) => void, string]>([
    ["when nothing has changed", () => undefined, "There is nothing to release: small is as released in 0.1.0."],
    [
      "when something is new and the version is not",
      compatible,
      "small has changed since 0.1.0, and its version has not moved: raise `info.version` in spec/small.yaml to 0.1.1.",
    ],
    [
      "when something breaks and the version does not say so",
      breaking,
      "small breaks its callers, and its version does not say so",
    ],
  ])("is refused %s", async (_title, change, says) => {
    const copy = smallCopy();
    change(copy);
    const before = releasedIn(copy);
    const { code, stderr } = await copy.run("--release");
    expect(code).toBe(1);
    expect(stderr).toContain(says);
    expect(releasedIn(copy)).toBe(before);
  });

  test("writes what the documents say, and from then on that is what counts", async () => {
    const copy = smallCopy();
    breaking(copy);
    copy.version("0.2.0");
    const released = await copy.run("--release");
    expect(released).toMatchObject({ code: 0, stdout: "spec/released/small.json is 0.2.0 now.\n" });
    const { info, paths } = JSON.parse(releasedIn(copy)) as {
      info: object;
      paths: Record<string, { get: { responses: object } }>;
    };
    expect(info).toMatchObject({ version: "0.2.0" });
    expect(paths["/v1/things"]?.get.responses).not.toHaveProperty("409");
    const after = await copy.run();
    expect(after).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/released 0\.2\.0 {2}now 0\.2\.0 {2}as released/),
    });
  });
});

describe("what is released", () => {
  const files = readNames("spec/released");
  test("is one file for each document", () => expect(files).toEqual(DOCUMENTS.map((name) => `${name}.json`)));
  test.each(files)("%s says that it is generated, and by what", (file) => {
    const document = JSON.parse(readText(`spec/released/${file}`)) as Record<string, unknown>;
    expect(document["x-generated-by"]).toMatch(/^packages\/codegen .* `pnpm release:contract`\.$/);
  });
  test("is what the gate compares", () => {
    const { scripts } = JSON.parse(readText("package.json")) as { scripts: Record<string, string> };
    expect(scripts["check"]).toMatch(/turbo .*\bbreaking\b/);
    expect(readText("packages/codegen/package.json")).toContain('"breaking": "node src/released/main.ts"');
  });
});
