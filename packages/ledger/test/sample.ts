/** Ledgers on throw-away files, with a clock that the test turns. */

import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Account, type Ledger, LedgerUnavailable, openLedger } from "@interchange/ledger";
import { onTestFinished } from "vitest";
import { errorOf } from "../src/group/fault.ts";
import { ledgerOn } from "../src/ledger-on-store.ts";
import { commitGroup } from "../src/sqlite/commit-queue.ts";
import { openDatabase } from "../src/sqlite/database.ts";
import type { Request } from "../src/sqlite/message.ts";
import type { Store } from "../src/store.ts";

export const START_MS = 1_790_000_000_000;

/** `place` is where another ledger finds the same books. */
export type Sample = { ledger: Ledger; place: string; clock: { nowMs: number } };

/** A path in a folder that goes when the test does. */
export function freshFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "ledger-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "ledger.db");
}

/** A ledger as it is used, with the database in its thread. */
export async function openThreaded(file: string = freshFile()): Promise<Sample> {
  const clock = { nowMs: START_MS };
  const ledger = await openLedger({ file, clock: () => clock.nowMs });
  onTestFinished(() => ledger.close());
  return { ledger, place: file, clock };
}

/** The same without the thread and, unless asked for, without the disk, which takes a hundredth of the time: for rules that depend on neither. */
export async function openSample(file = ":memory:"): Promise<Sample> {
  const clock = { nowMs: START_MS };
  const ledger = ledgerOn(threadlessStore(file), () => clock.nowMs, randomBytes);
  onTestFinished(() => ledger.close());
  return { ledger, place: file, clock };
}

/** The true database and the true commit queue; all requests of a turn make a group, as they do on the way to the thread. */
function threadlessStore(file: string): Store {
  const database = openDatabase(file, 1_000);
  let group: { request: Request; answer: (reply: ReturnType<typeof commitGroup>[number]) => void }[] = [];
  let open = true;

  const commit = (): void => {
    const done = group;
    group = [];
    const replies = commitGroup(
      database,
      done.map(({ request }) => request),
    );
    for (const reply of replies) done[reply.id]?.answer(reply);
  };

  return {
    submit: (kind, input, nowMs) =>
      new Promise((resolve, reject) => {
        if (!open) return reject(new LedgerUnavailable("the ledger is closed"));
        if (group.length === 0) setImmediate(commit);
        const request = { id: group.length, kind, input, nowMs } as Request;
        const answer = (reply: ReturnType<typeof commitGroup>[number]): void => {
          if ("outcome" in reply) resolve(reply.outcome as never);
          else reject(errorOf(reply.fault));
        };
        group.push({ request, answer });
      }),
    close: async () => {
      if (open) database.close();
      open = false;
    },
  };
}

/** A sample with an account that has deposited tokens of `text` at a micro-dollar each. */
export async function openFunded(tokens: number, file?: string): Promise<Sample & { account: Account }> {
  return fund(await openSample(file), tokens);
}

export async function fund(sample: Sample, tokens: number): Promise<Sample & { account: Account }> {
  const account = await sample.ledger.openAccount({ name: "Ada" });
  await sample.ledger.deposit({ accountId: account.id, instrument: "text", tokens, costMicros: tokens });
  return { ...sample, account };
}

export const lifeFrom = (nowMs: number): number => nowMs + 60_000;
