/** The command: tells whether the contract breaks what was released of it; with `--release`, writes what is released now. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { releaseDocuments } from "./releasing.ts";
import { judgeDocuments, type Verdict } from "./verdict.ts";

const root = resolve(import.meta.dirname, "../../../..");
const { values } = parseArgs({
  options: {
    release: { type: "boolean", default: false },
    config: { type: "string", default: resolve(root, "spec/redocly.yaml") },
    released: { type: "string", default: resolve(root, "spec/released") },
  },
});

const SINCE = {
  none: "as released",
  patch: "changed, and nobody has to mind",
  minor: "with something new",
  major: "broken, and said so",
};

function lineOf({ name, released, document, impact }: Verdict): string {
  return `${name.padEnd(16)}  released ${released}  now ${document?.bundle.info.version}  ${SINCE[impact]}`;
}

const verdicts = await judgeDocuments(values.config, values.released);
const { written, problems } = values.release
  ? await releaseDocuments(values.released, verdicts)
  : { written: [], problems: verdicts.flatMap(({ problem }) => problem ?? []) };

for (const line of written) console.log(line);
if (!values.release) for (const verdict of verdicts) if (verdict.problem === undefined) console.log(lineOf(verdict));
if (problems.length > 0) {
  console.error(problems.join("\n\n"));
  process.exitCode = 1;
}
