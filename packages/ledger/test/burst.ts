/** A process of its own that works on a ledger as fast as it can and says what was acknowledged, until it is killed. */

import { type LedgerOptions, openLedger } from "@interchange/ledger";

const [options = "", prefix = ""] = process.argv.slice(2);
const ledger = await openLedger(JSON.parse(options) as LedgerOptions);
await ledger.openAccount({ id: "ada", name: "Ada" });

const say = (word: string, requestId: string): void => {
  process.stdout.write(`${word} ${requestId}\n`);
};

async function request(requestId: string, turn: number): Promise<void> {
  const expiresAtMs = Date.now() + 60_000;
  await ledger.deposit({ accountId: "ada", instrument: "text", tokens: 20, costMicros: 7, reference: requestId });
  await ledger.hold({ requestId, accountId: "ada", instrument: "text", tokens: 10, expiresAtMs });
  say("held", requestId);
  await ledger.redeem({ requestId, expiresAtMs });
  say("redeemed", requestId);
  if (turn % 3 === 0) return;
  if (turn % 3 === 1) await ledger.settle({ requestId, tokens: 9 });
  else await ledger.release({ requestId, reason: "client-left" });
  say(turn % 3 === 1 ? "settled" : "released", requestId);
}

async function work(line: number): Promise<never> {
  for (let turn = 0; ; turn++) await request(`${prefix}-${line}-${turn}`, turn);
}

await Promise.all(Array.from({ length: 40 }, (_, line) => work(line)));
