/** A process of its own that works on a ledger on a disk that fills, says what was acknowledged and what was refused, and goes on. */

import { setTimeout as later } from "node:timers/promises";
import { LedgerUnavailable, openLedger } from "@interchange/ledger";

const [file = ""] = process.argv.slice(2);
const ledger = await openLedger({ file });
const accountId = "ada";
await ledger.openAccount({ id: accountId, name: "Ada" });
await ledger.deposit({ accountId, instrument: "text", tokens: 1_000_000_000, costMicros: 7 });

const usage = { note: "x".repeat(2_000) };

async function request(requestId: string): Promise<void> {
  const expiresAtMs = Date.now() + 60_000;
  await ledger.hold({ requestId, accountId, instrument: "text", tokens: 10, expiresAtMs });
  process.stdout.write(`held ${requestId}\n`);
  await ledger.settle({ requestId, tokens: 9, usage });
  process.stdout.write(`settled ${requestId}\n`);
}

async function work(line: number): Promise<never> {
  for (let turn = 0; ; turn++) {
    await request(`${line}-${turn}`).catch(async (error: unknown) => {
      if (!(error instanceof LedgerUnavailable)) throw error;
      process.stdout.write(`refused ${error.message}\n`);
      await later(20);
    });
  }
}

await Promise.all(Array.from({ length: 10 }, (_, line) => work(line)));
