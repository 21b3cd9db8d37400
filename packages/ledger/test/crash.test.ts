/** Goal: a process killed in the middle of its work loses nothing that it acknowledged and leaves no half-done movement. */

import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Ledger, type LedgerOptions, openLedger } from "@interchange/ledger";
import { describe, expect, test } from "vitest";
import { ENGINES } from "./engines.ts";

function startBurst(options: LedgerOptions, prefix: string): ChildProcess {
  const script = join(import.meta.dirname, "burst.ts");
  return spawn(process.execPath, ["--conditions=@interchange/source", script, JSON.stringify(options), prefix], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** Kills the process once it has said `lines` lines; gives all that it said, also while dying. */
async function killAfter(child: ChildProcess, lines: number): Promise<string[]> {
  if (child.stdout === null) throw new Error("the child's output is a pipe");
  const ended = new Promise((resolve) => child.once("exit", (_, signal) => resolve(signal)));
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (said.push(line) === lines) child.kill("SIGKILL");
  }
  expect(await ended).toBe("SIGKILL");
  return said;
}

/** What a receipt must say after each acknowledged word; later words of the same request may have been done unheard. */
const AFTER: Record<string, (receipt: Awaited<ReturnType<Ledger["receipt"]>>) => boolean> = {
  held: (receipt) => receipt?.tokensHeld === 10,
  redeemed: (receipt) => receipt?.redeemedAtMs !== undefined,
  settled: (receipt) => receipt?.status === "reconciled" && receipt.tokensUsed === 9,
  released: (receipt) => receipt?.status === "error" && receipt.reason === "client-left",
};

describe.each(ENGINES)("on $name", ({ freshPlace, optionsAt }) => {
  test("killed again and again", async () => {
    const options = optionsAt(await freshPlace());
    for (const [round, lines] of [150, 700, 401].entries()) {
      const said = await killAfter(startBurst(options, `round${round}`), lines);
      const ledger = await openLedger(options);
      const found = await Promise.all(said.map((line) => ledger.receipt(line.split(" ")[1] ?? "")));
      const lost = said.filter((line, place) => !AFTER[line.split(" ")[0] ?? ""]?.(found[place]));
      expect(said.length).toBeGreaterThanOrEqual(lines);
      expect(lost).toEqual([]);
      expect(await ledger.audit()).toEqual([]);
      const totals = await ledger.totals();
      expect(totals.movementsSum).toBe(0);
      expect(totals.held + totals.used).toBeLessThanOrEqual(totals.deposited);
      await ledger.close();
    }
  });
});
