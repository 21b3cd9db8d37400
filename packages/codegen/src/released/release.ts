/** What was last released of each document: `spec/released/<document>.json`, its bundle as one file. */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Bundle } from "../document.ts";

const MARK = "x-generated-by";
const WORDS = "packages/codegen from spec/redocly.yaml at a release. Do not edit; run `pnpm release:contract`.";

/** The documents released so far, by name; none where there is no such folder. */
export async function readReleased(folder: string): Promise<Map<string, Bundle>> {
  const files = (await namesIn(folder)).filter((file) => file.endsWith(".json")).sort();
  const read = files.map(async (file): Promise<[string, Bundle]> => {
    const { [MARK]: _, ...bundle } = JSON.parse(await readFile(join(folder, file), "utf8")) as Bundle & {
      [MARK]?: string;
    };
    return [file.replace(/\.json$/, ""), bundle];
  });
  return new Map(await Promise.all(read));
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}

export async function writeReleased(folder: string, name: string, bundle: Bundle): Promise<void> {
  const { openapi, ...rest } = bundle;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name}.json`), `${JSON.stringify({ openapi, [MARK]: WORDS, ...rest }, null, 2)}\n`);
}
