/** Goal: a copied sample is answered. Method: some of every language, run as they stand against a gateway. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readReferences } from "../src/reference/reference.ts";
import { ORIGIN } from "../src/samples/call.ts";
import { type Market, startMarket } from "./market.ts";
import { writtenOf } from "./samples.ts";

const run = promisify(execFile);
const HERE = fileURLToPath(new URL("../", import.meta.url));
const written = writtenOf(await readReferences());
const hasCurl = await run("curl", ["--version"]).then(
  () => true,
  () => false,
);

let market: Market;
beforeAll(async () => {
  market = await startMarket();
});
afterAll(() => market.close());

/** The simulated supplier repeats the question. */
const REPEATED = /You asked/;

/** By name; `by` is whose key asks. */
const RUNS: readonly { readonly name: string; readonly by: "key" | "operatorKey"; readonly says: RegExp }[] = [
  { name: "chat-completions createChatCompletion text · curl", by: "key", says: /"chat\.completion".*You asked/s },
  { name: "chat-completions createChatCompletion text streamed · curl", by: "key", says: /data: \[DONE\]/ },
  { name: "chat-completions createChatCompletion text · OpenAI SDK", by: "key", says: REPEATED },
  { name: "chat-completions createChatCompletion text streamed · OpenAI SDK", by: "key", says: REPEATED },
  { name: "chat-completions createChatCompletion text · Our client", by: "key", says: /total_tokens: \d+/ },
  { name: "chat-completions createChatCompletion text streamed · Our client", by: "key", says: /total_tokens/ },
  { name: "chat-completions listModels undefined · OpenAI SDK", by: "key", says: /text-prime/ },
  { name: "messages createMessage text · curl", by: "key", says: REPEATED },
  { name: "messages createMessage text streamed · curl", by: "key", says: /event: message_stop/ },
  { name: "messages createMessage text · Anthropic SDK", by: "key", says: REPEATED },
  { name: "messages createMessage text streamed · Anthropic SDK", by: "key", says: REPEATED },
  { name: "messages createMessage text streamed · Our client", by: "key", says: /output_tokens/ },
  { name: "messages countMessageTokens count-tokens · Anthropic SDK", by: "key", says: /^\d+\n$/ },
  { name: "platform createAccount account · curl", by: "operatorKey", says: /"Night shift"/ },
  { name: "platform createAccount account · Our client", by: "operatorKey", says: /Night shift/ },
  { name: "platform listAccounts undefined · Our client", by: "operatorKey", says: /id: 'reader'/ },
  { name: "platform listBalances undefined · curl", by: "key", says: /"text-prime"/ },
  { name: "platform retrieveStatement undefined · Our client", by: "key", says: /account_id|period|from/ },
];

describe("a sample that is run", () => {
  test.concurrent.each(RUNS.filter(({ name }) => !name.endsWith("curl")))("$name", async ({ name, by, says }) => {
    const flags = ["--conditions=@interchange/source", "--input-type=module-typescript", "--eval", sourceOf(name)];
    const { stdout } = await run(process.execPath, flags, { cwd: HERE, env: { ...process.env, KEY: market[by] } });
    expect(stdout).toMatch(says);
  });

  test.skipIf(!hasCurl).each(RUNS.filter(({ name }) => name.endsWith("curl")))("$name", async ({ name, by, says }) => {
    const { stdout } = await run("sh", ["-c", sourceOf(name)], { env: { ...process.env, KEY: market[by] } });
    expect(stdout).toMatch(says);
  });
});

function sourceOf(name: string): string {
  const found = written.find((each) => each.name === name);
  if (found === undefined) throw new Error(`there is no sample ${name}`);
  return found.source.replaceAll(ORIGIN, market.url);
}
