/** The client and its cases as one file, for where no TypeScript runs. */
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

/** @param entry a file of this folder. A classic script is `iife`, a module `esm`. */
export async function bundleOf(entry: string, format: "iife" | "esm"): Promise<string> {
  const bundle = await rolldown({
    input: fileURLToPath(new URL(entry, import.meta.url)),
    platform: "browser",
    resolve: { conditionNames: ["@interchange/source", "import"] },
    logLevel: "silent",
  });
  const { output } = await bundle.generate({ format });
  await bundle.close();
  return output[0].code;
}
