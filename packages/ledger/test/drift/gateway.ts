/** A process of its own with a ledger open, that does what it is told until it is killed. Its clock says what it is told. */

import { type Ledger, LedgerError, LedgerUnavailable, openLedger } from "@interchange/ledger";
import type { FromGateway, Operation, Outcome, ToGateway } from "./operation.ts";

let nowMs = 0;
let ledger: Ledger;
let outcomes: Outcome[] = [];

const say = (message: FromGateway): void => {
  process.send?.(message);
};

/** What is answered in one turn is said in one message. */
function answer(outcome: Outcome): void {
  if (outcomes.push(outcome) > 1) return;
  setImmediate(() => {
    say(outcomes);
    outcomes = [];
  });
}

function faultOf(error: unknown): { code: string; message: string } {
  const { message } = error as Error;
  if (error instanceof LedgerUnavailable) return { code: "unavailable", message };
  return { code: error instanceof LedgerError ? error.code : "bug", message };
}

function carryOut({ number, does, with: args }: Operation): void {
  // Each operation was made with its method's own parameters; the union of all has lost that tie.
  const method = ledger[does] as (...args: unknown[]) => Promise<unknown>;
  method(...args).then(
    (outcome) => answer({ number, outcome }),
    (error: unknown) => answer({ number, fault: faultOf(error) }),
  );
}

process.on("message", async (message: ToGateway) => {
  if ("open" in message) {
    ledger = await openLedger({ ...JSON.parse(message.open), clock: () => nowMs });
    return say("open");
  }
  nowMs = message.nowMs;
  message.operations.forEach(carryOut);
});
process.once("disconnect", () => process.exit());
say("started");
