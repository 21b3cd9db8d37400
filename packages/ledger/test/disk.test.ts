/** Goal: a full disk refuses what it cannot keep, loses nothing that was acknowledged, and service returns by itself when there is room. */

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { openLedger } from "@interchange/ledger";
import { expect, onTestFinished, test } from "vitest";
import { freshFile } from "./sample.ts";

const FILE_BYTES_MAX = 1_500_000;

/** A process whose files cannot grow beyond a limit, as on a disk that is full. https://man7.org/linux/man-pages/man1/prlimit.1.html */
function startFilling(file: string): ChildProcess {
  const script = join(import.meta.dirname, "filling.ts");
  const node = [process.execPath, "--conditions=@interchange/source", script, file];
  const child = spawn("prlimit", [`--fsize=${FILE_BYTES_MAX}:unlimited`, ...node], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

function makeRoom({ pid }: ChildProcess): void {
  execFileSync("prlimit", [`--pid=${pid}`, "--fsize=unlimited:unlimited"]);
}

/** All that it said, until it had settled `settlements` requests after there was room again. */
async function linesOf(child: ChildProcess, settlements: number): Promise<string[]> {
  if (child.stdout === null) throw new Error("the child's output is a pipe");
  const said: string[] = [];
  let [refused, settledSince] = [0, 0];
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line);
    if (line.startsWith("refused") && ++refused === 60) makeRoom(child);
    if (refused >= 60 && line.startsWith("settled") && ++settledSince === settlements) child.kill("SIGKILL");
  }
  return said;
}

test.skipIf(process.platform !== "linux")("a disk that fills, and has room again", async () => {
  const file = freshFile();
  const said = await linesOf(startFilling(file), 200);
  const refusals = said.filter((line) => line.startsWith("refused"));
  expect(refusals.some((line) => line.includes("whether it was carried out is not known"))).toBe(true);

  const ledger = await openLedger({ file });
  onTestFinished(() => ledger.close());
  const acknowledged = said
    .filter((line) => !line.startsWith("refused"))
    .map((line) => line.split(" ") as [string, string]);
  for (const [word, requestId] of acknowledged) {
    const receipt = await ledger.receipt(requestId);
    expect(receipt, requestId).toMatchObject(
      word === "held" ? { tokensHeld: 10 } : { status: "reconciled", tokensUsed: 9 },
    );
  }
  expect(await ledger.audit()).toEqual([]);
});
