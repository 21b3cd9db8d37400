/** An operation on a ledger and what came of it, as they travel between processes. */

import type { Ledger } from "@interchange/ledger";

type Method = {
  [K in keyof Ledger]: Ledger[K] extends (...args: never[]) => Promise<unknown> ? K : never;
}[keyof Ledger];

export type Operation<M extends Method = Method> = {
  /** Tells operations apart; one that is asked again keeps it. */
  number: number;
  does: M;
  with: Parameters<Ledger[M]>;
  /** How often it was asked before without anybody knowing what came of it. */
  tries: number;
};

export type Outcome = { number: number } & (
  | { outcome: unknown }
  /** `unavailable`: nobody knows whether it has happened. */
  | { fault: { code: string; message: string } }
);

/** To the process: open a ledger, or do these at that instant. */
export type ToGateway = { open: string } | { nowMs: number; operations: Operation[] };

/** From it: it has started, the ledger is open, or what came of operations. */
export type FromGateway = "started" | "open" | Outcome[];
