/** Goal: the README's example runs as it stands, and gives what its comments say. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const README = readFileSync(new URL("../README.md", import.meta.url), "utf8");

test("the example in the README", () => {
  const example = README.match(/```ts\n([\s\S]*?)```/)?.[1];
  const script = `${example}\nprocess.stdout.write(JSON.stringify({ decision, why, verdicts, next }));`;
  const flags = ["--conditions=@interchange/source", "--input-type=module-typescript", "--eval", script];
  const printed = execFileSync(process.execPath, flags, { cwd: new URL("..", import.meta.url), encoding: "utf8" });
  expect(JSON.parse(printed)).toMatchObject({
    decision: { kind: "route", offer: { supplier: "west" }, why: "price", among: 1, isProbe: false },
    why: "cheapest",
    verdicts: ["west: cheapest", "north: cheapest", "south: offers no tools"],
    next: { kind: "route", offer: { supplier: "north" } },
  });
});

test("the table of files in the README names each file once, and none that is not there", () => {
  const table = README.match(/\| file [\s\S]*?\n\n/)?.[0] ?? "";
  const cells = table
    .split("\n")
    .slice(2)
    .map((row) => row.split("|")[1] ?? "");
  const named = cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => `${name}.ts`));
  const source = new URL("../src/", import.meta.url);
  const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((name) =>
    /(?<!index)\.ts$/.test(name),
  );
  expect(named.toSorted()).toEqual(files.toSorted());
});
