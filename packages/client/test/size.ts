/** What an application pays for each way to use this package: bundled, minified and compressed. `pnpm size` prints it. */

import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";

export interface Use {
  readonly name: string;
  /** What an application imports. */
  readonly code: string;
  readonly bytesMax: number;
}

/** A surface brings the reader of streams and its fold beside what all have. */
export const uses: readonly Use[] = [
  {
    name: "the platform",
    code: `export { createPlatformClient, unwrap } from "@interchange/client/platform";`,
    bytesMax: 8_000,
  },
  {
    name: "chat completions",
    code: `export { createChatCompletionsClient } from "@interchange/client/chat-completions";`,
    bytesMax: 12_000,
  },
  { name: "messages", code: `export { createMessagesClient } from "@interchange/client/messages";`, bytesMax: 12_000 },
  {
    name: "both surfaces",
    code: `export { createChatCompletionsClient, createMessagesClient } from "@interchange/client";`,
    bytesMax: 12_500,
  },
];

const ENTRY = "\0application";

/** In bytes, as it goes over the wire. */
export async function sizeOf(code: string): Promise<number> {
  const bundle = await rolldown({
    input: ENTRY,
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    platform: "browser",
    resolve: { conditionNames: ["@interchange/source", "import"] },
    plugins: [
      {
        name: "application",
        resolveId: (id) => {
          if (id === ENTRY) return ENTRY;
          const own = /^@interchange\/client(?:\/(.+))?$/.exec(id);
          if (!own) return null;
          const name = own[1];
          return fileURLToPath(new URL(name ? `../src/generated/${name}.ts` : "../src/index.ts", import.meta.url));
        },
        load: (id) => (id === ENTRY ? code : null),
      },
    ],
  });
  const { output } = await bundle.generate({ format: "esm", minify: true });
  await bundle.close();
  return output.reduce((sum, file) => sum + (file.type === "chunk" ? gzipSync(file.code).length : 0), 0);
}

if (import.meta.main)
  for (const { name, code, bytesMax } of uses)
    process.stdout.write(`${name.padEnd(18)}${String(await sizeOf(code)).padStart(6)} of ${bytesMax} bytes\n`);
