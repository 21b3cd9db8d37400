/** A handle on a process with a ledger: what it was asked and has not answered, and its end. */

import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { FromGateway, Operation, Outcome, ToGateway } from "./operation.ts";

export type Handle = {
  /** Opens the ledger that these options say. */
  open(options: object): Promise<void>;
  ask(operations: Operation[], nowMs: number): void;
  /** What it has not answered. */
  readonly underWay: ReadonlyMap<number, Operation>;
  /** Kills it outright; gives what nobody knows the outcome of. */
  kill(): Promise<Operation[]>;
};

export function startGateway(onOutcomes: (outcomes: readonly [Operation, Outcome][]) => void): Handle {
  const child = fork(join(import.meta.dirname, "gateway.ts"), {
    execArgv: ["--conditions=@interchange/source"],
    serialization: "advanced",
  });
  const underWay = new Map<number, Operation>();
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const said = wordsOf(child, (outcomes) => {
    const known = outcomes.map(
      (outcome) => [underWay.get(outcome.number) as Operation, outcome] as [Operation, Outcome],
    );
    for (const { number } of outcomes) underWay.delete(number);
    onOutcomes(known);
  });
  const send = (message: ToGateway): void => void child.send(message);
  return {
    underWay,
    async open(options) {
      await said.started;
      send({ open: JSON.stringify(options) });
      await said.open;
    },
    ask(operations, nowMs) {
      for (const operation of operations) underWay.set(operation.number, operation);
      send({ nowMs, operations });
    },
    async kill() {
      child.kill("SIGKILL");
      // What it said while dying was acknowledged too; it is heard before the end is.
      await ended;
      return [...underWay.values()];
    },
  };
}

/** A process that ends before it has said a word fails whoever waits for it. */
function wordsOf(child: ChildProcess, hear: (outcomes: Outcome[]) => void) {
  const started = Promise.withResolvers<void>();
  const open = Promise.withResolvers<void>();
  child.on("message", (message: FromGateway) => {
    if (message === "started") started.resolve();
    else if (message === "open") open.resolve();
    else hear(message);
  });
  child.once("exit", (code) => {
    for (const word of [started, open]) word.reject(new Error(`a process with a ledger ended with code ${code}`));
  });
  // One that was never waited for.
  for (const word of [started, open]) word.promise.catch(() => undefined);
  return { started: started.promise, open: open.promise };
}
