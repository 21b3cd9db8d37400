/** The command: `node src/main.ts` writes what the contract says, `--check` only tells whether that stands already. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { generate } from "./index.ts";
import { compare, type Difference, write } from "./output.ts";

const { values } = parseArgs({
  options: {
    check: { type: "boolean", default: false },
    config: { type: "string", default: resolve(import.meta.dirname, "../../../spec/redocly.yaml") },
    root: { type: "string", default: resolve(import.meta.dirname, "../../..") },
  },
});

const lines = (difference: Difference): string[] =>
  Object.entries(difference).flatMap(([what, paths]: [string, readonly string[]]) =>
    paths.map((path) => `${what.padEnd(7)}  ${path}`),
  );

const files = await generate(values.config);
const found = lines(await (values.check ? compare : write)(values.root, files));
if (found.length > 0) console.log(found.join("\n"));
if (values.check && found.length > 0) {
  console.error("What is generated is not what the contract says: run `pnpm generate` and commit the result.");
  process.exitCode = 1;
}
