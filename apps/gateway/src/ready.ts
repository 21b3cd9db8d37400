/** What a person, and a program, are told once the gateway answers. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeSecretFile } from "./secret-file.ts";
import type { AccountKeys } from "./seed.ts";

export interface Ready {
  readonly baseUrl: string;
  /** The first account's; empty when the configuration has none. */
  readonly consumptionKey: string;
  readonly operatorKey: string;
  readonly docsUrl: string;
  readonly pid: number;
}

export function readyOf(baseUrl: string, keys: AccountKeys | undefined): Ready {
  return {
    baseUrl,
    consumptionKey: keys?.consumptionKey ?? "",
    operatorKey: keys?.operatorKey ?? "",
    docsUrl: `${baseUrl}/docs/`,
    pid: process.pid,
  };
}

/** It has keys in it. */
export function writeReady(dataDir: string, ready: Ready): void {
  writeSecretFile(join(dataDir, "ready.json"), `${JSON.stringify(ready, null, 2)}\n`);
}

/** Takes the file away unless it is another process's that still lives: whoever waits for it must not read an old one. */
export function removeReady(dataDir: string): void {
  const file = join(dataDir, "ready.json");
  const pid = pidIn(file);
  if (pid === undefined || pid === process.pid || !isAlive(pid)) rmSync(file, { force: true });
}

function pidIn(file: string): number | undefined {
  try {
    return (JSON.parse(readFileSync(file, "utf8")) as Partial<Ready>).pid;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** What the terminal shows: where it is, how it stands, and, with a key, everything there is to paste. */
export function banner(ready: Ready, standing: string, tookMs: number): string {
  const lines = [
    "",
    `  Interchange is ready (${(tookMs / 1_000).toFixed(1)} s)`,
    "",
    `  Chat Completions   ${ready.baseUrl}/v1/chat/completions`,
    `  Messages           ${ready.baseUrl}/v1/messages`,
    `  Reference          ${ready.docsUrl}`,
    ...(ready.consumptionKey === "" ? [] : [`  Key                ${ready.consumptionKey}`]),
    "",
    `  ${standing}`,
    ...(ready.consumptionKey === "" ? [] : questions(ready)),
    "",
  ];
  return lines.join("\n");
}

function questions({ baseUrl, consumptionKey }: Ready): string[] {
  return [
    "",
    `  curl -L ${baseUrl}/v1/chat/completions -H 'authorization: Bearer ${consumptionKey}' \\`,
    `    -H 'content-type: application/json' -d '{"model":"text-prime","messages":[{"role":"user","content":"Hello"}]}'`,
    "",
    `  curl -L ${baseUrl}/v1/messages -H 'x-api-key: ${consumptionKey}' \\`,
    `    -H 'content-type: application/json' -d '{"model":"text-prime","max_tokens":100,"messages":[{"role":"user","content":"Hello"}]}'`,
  ];
}
