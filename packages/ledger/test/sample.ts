/** Ledgers on throw-away files, with a clock that the test turns. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Account, type Ledger, openLedger } from "@interchange/ledger";
import { onTestFinished } from "vitest";

export const START_MS = 1_790_000_000_000;

export type Sample = { ledger: Ledger; file: string; clock: { nowMs: number } };

/** A path in a folder that goes when the test does. */
export function freshFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "ledger-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "ledger.db");
}

export async function openSample(file: string = freshFile()): Promise<Sample> {
  const clock = { nowMs: START_MS };
  const ledger = await openLedger({ file, clock: () => clock.nowMs });
  onTestFinished(() => ledger.close());
  return { ledger, file, clock };
}

/** A sample with an account that has deposited tokens of `text` at a micro-dollar each. */
export async function openFunded(tokens: number): Promise<Sample & { account: Account }> {
  const sample = await openSample();
  const account = await sample.ledger.openAccount({ name: "Ada" });
  await sample.ledger.deposit({ accountId: account.id, instrument: "text", tokens, costMicros: tokens });
  return { ...sample, account };
}

export const lifeFrom = (nowMs: number): number => nowMs + 60_000;
