/** The hot commands one at a time: sets of one, for a transaction that needs them on its way. */

import type { Commands } from "../store.ts";
import { HOT_KINDS, type HotCommand, type HotKind } from "./command.ts";
import { carryOutSet } from "./set.ts";
import type { Transaction } from "./statement.ts";

type Hot = { [K in HotKind]: (input: Commands[K]["input"], nowMs: number) => Transaction<Commands[K]["outcome"]> };

export const HOT = Object.fromEntries(HOT_KINDS.map((kind) => [kind, aloneOf(kind)])) as Hot;

function aloneOf(kind: HotKind) {
  return function* alone(input: unknown, nowMs: number): Transaction<unknown> {
    const [answer] = yield* carryOutSet([{ kind, input, nowMs } as HotCommand]);
    if (answer === undefined) throw new Error("every command is answered");
    if ("error" in answer) throw answer.error;
    return answer.outcome;
  };
}
