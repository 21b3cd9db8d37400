/** The last step of the build: puts the contract's types into `dist`, so that what is published stands alone. */
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const dist = fileURLToPath(new URL("dist", import.meta.url));
const contract = dirname(fileURLToPath(import.meta.resolve("@interchange/contract")));

const isDeclaration = (file: string): boolean => file.endsWith(".d.ts");

/** Types alone are taken: no document, no validator. */
async function carry(): Promise<void> {
  await cp(join(contract, "other-word.d.ts"), join(dist, "contract/other-word.d.ts"), { recursive: true });
  for (const name of await documents()) {
    await mkdir(join(dist, "contract", name), { recursive: true });
    for (const file of ["index.d.ts", "schemas.d.ts", "types.d.ts"])
      await cp(join(contract, name, file), join(dist, "contract", name, file));
  }
}

async function documents(): Promise<string[]> {
  const found = await readdir(contract, { withFileTypes: true });
  return found.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** Every specifier as it is in what is published: ours with `.js`, which every resolution knows, and the contract's beside it. */
async function respell(): Promise<void> {
  const files = (await readdir(dist, { recursive: true })).filter(isDeclaration);
  await Promise.all(
    files.map(async (file) => {
      const text = await readFile(join(dist, file), "utf8");
      const up = "../".repeat(file.split(/[\\/]/).length - 1) || "./";
      const respelt = text
        .replaceAll(/(from |import\()"(\.[^"]*)\.ts"/g, '$1"$2.js"')
        .replaceAll(/"@interchange\/contract\/([\w-]+)"/g, `"${up}contract/$1/index.js"`)
        .replaceAll(/^export \{ \w+ \} from "\.\/(?:document|validators)\.js";\n|^\/\/# sourceMappingURL=.*$/gm, "");
      await writeFile(join(dist, file), respelt);
    }),
  );
}

await carry();
await respell();
