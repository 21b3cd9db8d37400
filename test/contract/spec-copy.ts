/** A copy of spec/ in a folder of its own, to be changed at will and held against what was released. */
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { ROOT } from "../workspace.ts";

/** What node has compiled of Redocly once, so that the many runs of it need not do it again, each alone. */
const COMPILED = join(ROOT, "node_modules/.cache/compiled");

const SMALL = {
  openapi: "3.1.0",
  info: { title: "Small", version: "0.1.0" },
  components: {},
  paths: {
    "/v1/things": {
      get: {
        operationId: "listThings",
        responses: {
          "200": {
            description: "Things.",
            content: { "application/json": { schema: { type: "object", properties: { name: { type: "string" } } } } },
          },
          "409": { description: "No things." },
        },
      },
    },
  },
};

/** What stands in one file of the contract. Edits know what they reach for. */
// biome-ignore lint/suspicious/noExplicitAny: an edit is written for one file, whose shape it knows.
export type Content = any;

/** One deliberate change: the file in spec/ and what is done to its content. */
export interface Edit {
  readonly file: string;
  readonly change: (content: Content) => unknown;
}

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export class SpecCopy {
  readonly folder = mkdtempSync(join(tmpdir(), "interchange-spec-"));

  constructor() {
    cpSync(join(ROOT, "spec"), this.folder, { recursive: true });
  }

  edit({ file, change }: Edit): void {
    const path = join(this.folder, file);
    const content: Content = existsSync(path) ? parse(readFileSync(path, "utf8")) : {};
    change(content);
    writeFileSync(path, file.endsWith(".json") ? JSON.stringify(content) : stringify(content));
  }

  /** Leaves one document only, of one operation, so that a run is short; it counts as released in 0.1.0. */
  shrink(): void {
    rmSync(join(this.folder, "released"), { recursive: true });
    mkdirSync(join(this.folder, "released"));
    this.edit({
      file: "redocly.yaml",
      change: (config) => Object.assign(config, { apis: { small: { root: "small.yaml" } } }),
    });
    for (const file of ["small.yaml", "released/small.json"])
      this.edit({ file, change: (content) => Object.assign(content, SMALL) });
  }

  version(version: string): void {
    this.edit({ file: "small.yaml", change: ({ info }) => Object.assign(info, { version }) });
  }

  /** `pnpm breaking`, or `pnpm release:contract`, of this copy. */
  run(...flags: string[]): Promise<Outcome> {
    const files = ["--config", join(this.folder, "redocly.yaml"), "--released", join(this.folder, "released")];
    return runNode("packages/codegen/src/released/main.ts", ...files, ...flags);
  }

  /** `pnpm lint:spec` of this copy. */
  lint(): Promise<Outcome> {
    const command = ["lint", "--config", join(this.folder, "redocly.yaml"), "--format", "stylish"];
    return runNode("node_modules/@redocly/cli/bin/cli.js", ...command);
  }

  /** The check that what is generated is fresh, of this copy beside the packages as they stand. */
  checkGenerated(root = ROOT): Promise<Outcome> {
    const flags = ["--check", "--config", join(this.folder, "redocly.yaml"), "--root", root];
    return runNode("packages/codegen/src/main.ts", ...flags);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Runs a script of the repository with this node, and waits until it ends, well or not. */
export function runNode(script: string, ...args: string[]): Promise<Outcome> {
  const env = {
    ...process.env,
    REDOCLY_TELEMETRY: "off",
    REDOCLY_SUPPRESS_UPDATE_NOTICE: "true",
    NO_COLOR: "1",
    NODE_COMPILE_CACHE: COMPILED,
  };
  const options = { cwd: ROOT, env, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [join(ROOT, script), ...args], options, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}
