/** Goal: the README's example runs as it stands, and gives what its comment says. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

test("the example in the README", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const example = readme.match(/```ts\n([\s\S]*?)```/)?.[1];
  const script = `${example}\nprocess.stdout.write(JSON.stringify(decision));`;
  const flags = ["--conditions=@interchange/source", "--input-type=module-typescript", "--eval", script];
  const printed = execFileSync(process.execPath, flags, { cwd: new URL("..", import.meta.url), encoding: "utf8" });
  expect(JSON.parse(printed)).toMatchObject({
    kind: "route",
    offer: { supplier: "north" },
    alternatives: [],
    excluded: [{ supplier: "south", reason: "offers no tools" }],
  });
});
