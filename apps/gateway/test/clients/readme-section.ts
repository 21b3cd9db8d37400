/** The README's sections, and the shell lines that they tell a reader to run. */
import { readFileSync } from "node:fs";

const README = new URL("../../../../README.md", import.meta.url);

/** The one block of shell in the section under this heading. Throws when the section or the block is not there. */
export function shellLinesOf(heading: string, readme = readFileSync(README, "utf8")): string {
  const section = readme.split(/^## /m).find((text) => text.startsWith(`${heading}\n`));
  const blocks = [...(section ?? "").matchAll(/```sh\n([\s\S]*?)```/g)];
  const [, lines] = blocks[0] ?? [];
  if (lines === undefined || blocks.length > 1)
    throw new Error(`the README has no section "${heading}" with one block`);
  return lines;
}
