/** Goal: what a reader looks for is found first. Method: the index as a browser loads it. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import MiniSearch, { type Options } from "minisearch";
import { describe, expect, test } from "vitest";
import { operationsOf } from "../src/reference/operation.ts";
import { readSite } from "../src/site.ts";

const { contents, texts } = await readSite();
const { options, index } = JSON.parse(texts.get("search.json") ?? "") as { options: Options; index: never };
const search = MiniSearch.loadJS(index, options);
const found = (query: string) => search.search(query).map(({ id }) => String(id));

/** How many finds a reader is shown (`browser/search.ts`). */
const SHOWN_MAX = 12;

/** How large the index may be, which is loaded when the search is first opened. */
const BYTES_MAX = 600_000;

describe("the search", () => {
  test.each([
    ["createMessage", "messages.html#/messages/createmessage"],
    ["rotate", "platform.html#/keys/rotatekey"],
    ["quickstart", "guides/quickstart.html"],
    ["claude code", "guides/claude-code.html"],
    ["which clients follow", "guides/redirects.html#which-clients-follow"],
    ["postgres", "guides/operating.html"],
    ["tickets in the path", "decisions/2026-11-23-tickets-in-the-path.html"],
    ["max_tokens", "chat-completions.html#/chat/createchatcompletion"],
    ["quickstrat", "guides/quickstart.html"],
  ])("finds %s among the first", (query, want) => {
    expect(
      found(query)
        .slice(0, SHOWN_MAX)
        .some((id) => id.startsWith(want.split("#")[0] ?? "")),
    ).toBe(true);
    expect(found(query).some((id) => id.startsWith(want))).toBe(true);
  });
  test("finds every operation by its id", () => {
    for (const { name, document } of contents.references)
      for (const { id, tag } of operationsOf(document))
        expect(found(id)).toContain(`${name}.html#/${tag.toLowerCase()}/${id.toLowerCase()}`);
  });
  test("finds nothing of what is nowhere", () => expect(found("xylophone orchestra")).toEqual([]));
  test("is not too much to load", () => expect(texts.get("search.json")?.length).toBeLessThan(BYTES_MAX));
  test("shows what it is, where it stands and how it begins", () => {
    const [first] = search.search("which clients follow");
    expect(first).toMatchObject({ kind: "Guide", title: "Redirects · Interchange", heading: "Which clients follow" });
    expect(String(first?.["lead"])).toMatch(/^We tried them\./);
  });
});

describe("the script of the search", () => {
  test("compiles for a browser", () => {
    const tsc = fileURLToPath(new URL("../../../node_modules/.bin/tsc", import.meta.url));
    const project = fileURLToPath(new URL("../browser", import.meta.url));
    expect(execFileSync(tsc, ["-p", project, "--pretty", "false"], { encoding: "utf8" })).toBe("");
  });
  test("is without types, and asks for its library beside it", () => {
    const script = texts.get("search.js") ?? "";
    expect(script).toContain('import MiniSearch from "./minisearch.js";');
    expect(script).not.toMatch(/interface |: Promise</);
    expect(texts.get("minisearch.js")).not.toContain("sourceMappingURL");
  });
});
