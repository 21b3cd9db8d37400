/** The last step of the build: puts the reader of configurations into `dist`, since its package is not published. */
import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const NAME = "@interchange/config";
const dist = fileURLToPath(new URL("dist", import.meta.url));
const config = dirname(fileURLToPath(import.meta.resolve(NAME)));

/** What it reads lies beside its folder, as in its package. */
const DATA = ["catalogue.yaml", "interchange.config.schema.json"];

async function carry(): Promise<void> {
  await cp(config, join(dist, "carried/config"), {
    recursive: true,
    filter: (path) => !/\.(?:d\.ts|map|tsbuildinfo)$/.test(path),
  });
  for (const file of DATA) await cp(join(config, "..", file), join(dist, "carried", file));
}

/** Its package imports types of others and nothing else of them, so it runs alone; were that to change, this says so. */
async function prove(): Promise<void> {
  for (const file of await readdir(join(dist, "carried/config"))) {
    const text = await readFile(join(dist, "carried/config", file), "utf8");
    if (text.includes('from "@interchange/'))
      throw new Error(`${NAME} imports another package of ours in ${file}, which the command line cannot carry`);
  }
}

async function respell(): Promise<void> {
  const files = (await readdir(dist, { recursive: true })).filter((file) => file.endsWith(".js"));
  for (const file of files) {
    const text = await readFile(join(dist, file), "utf8");
    const up = "../".repeat(file.split(/[\\/]/).length - 1) || "./";
    if (text.includes(`"${NAME}"`))
      await writeFile(join(dist, file), text.replaceAll(`"${NAME}"`, `"${up}carried/config/index.js"`));
  }
}

await carry();
await prove();
await respell();
