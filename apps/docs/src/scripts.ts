/** The scripts of a page as a browser takes them: without their types, the library of the search beside it. */
import { readFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";

const LIBRARY = new URL("../node_modules/minisearch/dist/es/index.js", import.meta.url);
const NAMES = ["search", "colour-mode"];

/** By their paths in the site. `folder` holds each as TypeScript. */
export async function readScripts(folder: URL): Promise<[path: string, text: string][]> {
  const own = NAMES.map(async (name): Promise<[string, string]> => {
    const script = await readFile(new URL(`${name}.ts`, folder), "utf8");
    return [`${name}.js`, bareOf(script).replace('from "minisearch"', 'from "./minisearch.js"')];
  });
  const library = await readFile(LIBRARY, "utf8");
  return [...(await Promise.all(own)), ["minisearch.js", library.replace(/\/\/# sourceMappingURL=.*\n?$/, "")]];
}

/** Types leave blanks where they stood. */
function bareOf(script: string): string {
  return stripTypeScriptTypes(script)
    .replaceAll(/[ ]+$/gm, "")
    .replaceAll(/,\s*\{\s*\} from/g, " from")
    .replaceAll(/\n{3,}/g, "\n\n");
}
