/** Goal: the README's example runs as it stands: it answers, and it refuses what the contract does. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const ASK = `
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const ask = async (body) => {
  const url = \`http://127.0.0.1:\${server.address().port}/v1/messages/count_tokens\`;
  const response = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
  return [response.status, await response.json(), response.headers.get("request-id")];
};
const good = JSON.stringify({ model: "text-prime", messages: [{ role: "user", content: "Hello" }] });
process.stdout.write(JSON.stringify([await ask(good), await ask("{}")]));
process.exit(0);
`;

test("the example in the README", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const example = readme.match(/```ts\n([\s\S]*?)```/)?.[1];
  const flags = ["--conditions=@interchange/source", "--input-type=module-typescript", "--eval", `${example}${ASK}`];
  const printed = execFileSync(process.execPath, flags, { cwd: new URL("..", import.meta.url), encoding: "utf8" });
  expect(JSON.parse(printed)).toEqual([
    [200, { input_tokens: 18 }, "req_1"],
    [400, { said: "model is missing." }, "req_2"],
  ]);
});
