/** Goal: what the guides and the README say to type to the platform is what the gateway takes. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { isPlatformPath } from "../src/platform/index.ts";
import { type House, openHouse } from "./platform.ts";
import { ask, type Rig, startRig } from "./rig.ts";

/** The one about money comes last: it closes the account. */
const GUIDES = ["quickstart", "suppliers", "instruments", "routing", "operating", "money"];

const PAGES = ["README.md", ...GUIDES.map((guide) => `apps/docs/guides/${guide}.md`)];

const BLOCKS = PAGES.map((page) => {
  const text = readFileSync(new URL(`../../../${page}`, import.meta.url), "utf8");
  return { page, blocks: [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = ""]) => block) };
});

/** What the pages assign to variables by themselves. */
const ASSIGNED = Object.fromEntries(
  BLOCKS.flatMap(({ blocks }) => blocks)
    .flatMap((block) => [...block.matchAll(/^([A-Z]+)=(\S+)$/gm)])
    .map(([, name = "", value = ""]) => [name, value]),
);

/** Every line of curl for the platform, with the page it is on. A word between quotes may go on in the next line. */
const LINES = BLOCKS.flatMap(({ page, blocks }) => {
  const lines = blocks.flatMap((block) =>
    block
      .replaceAll(/\\\n\s*/g, "")
      .replaceAll(/'[^']*'/g, (quoted) => quoted.replaceAll(/\s*\n\s*/g, " "))
      .split("\n")
      .filter((line) => line.startsWith("curl ")),
  );
  return lines
    .map((line) => ({ page, line }))
    .filter(({ line }) => isPlatformPath(readCurl(line, {}).path.replace(/\?.*/, "")));
});

interface Command {
  readonly path: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
}

/** As a shell and then curl read it, as far as the pages go. */
function readCurl(line: string, variables: Readonly<Record<string, string>>): Command {
  const words = [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, raw, quoted, bare]) => raw ?? (quoted ?? bare ?? "").replaceAll(/\$(\w+)/g, (_, name) => variables[name] ?? ""),
  );
  const after = (option: string) => words.filter((_, index) => words[index - 1] === option);
  const { pathname, search } = new URL(words.find((word) => word.startsWith("http")) ?? "");
  // What a page schedules is to come, whenever the page is read.
  const body = after("-d")[0]?.replace(/(?<="effective_at": ")[^"]+/, new Date(Date.now() + 86_400_000).toISOString());
  const headers = Object.fromEntries(after("-H").map((header) => header.split(": ") as [string, string]));
  return { path: pathname + search, method: after("-X")[0] ?? (body === undefined ? "GET" : "POST"), headers, body };
}

let rig: Rig;
let house: House;
let requestId: string;
/** A key of the account that the pages may replace and revoke. */
let keyId: string;
beforeAll(async () => {
  vi.stubEnv("SUPPLIER_CIRRUS", "a-secret");
  rig = await startRig();
  house = await openHouse(rig, { creditsMicros: 1_000_000 });
  const answer = await ask(rig, "messages", { key: house.key });
  await answer.text();
  requestId = answer.headers.get("request-id") ?? "";
  const created = await rig.gateway.engine.ledger.createKey({ accountId: house.accountId, role: "consumption" });
  keyId = created.key.publicId;
});
afterAll(() => {
  vi.unstubAllEnvs();
  return rig.close();
});

describe("the pages", () => {
  test("have such lines, each of them", () => {
    expect(new Set(LINES.map(({ page }) => page))).toEqual(new Set(PAGES));
  });

  test.each(LINES)("$page: $line", async ({ line }) => {
    const { accountId: ACCOUNT_ID, key: KEY } = house;
    const keys = { KEY, KEY_ID: keyId, OPERATOR_KEY: rig.operatorKey };
    const variables = { ...ASSIGNED, ...keys, ACCOUNT_ID, REQUEST_ID: requestId };
    const { path, method, headers, body } = readCurl(line, variables);
    const answer = await fetch(`${rig.url}${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
    expect([answer.status, await answer.text()]).toEqual([
      expect.toSatisfy((status) => status < 300),
      expect.any(String),
    ]);
  });
});
