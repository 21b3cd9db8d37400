/** The second leg: ticket redeemed, supplier asked, answer passed on, usage settled. */
export type { Attempt, Hedge, Next, Tried } from "./attempt.ts";
export { type Thinker, withOwnThinking } from "./provenance.ts";
export { createRelay, type Relay } from "./relay.ts";
export type { BrokenStreams, Outcome, RelayOptions, Run, Sink, Teller } from "./run.ts";
export type { Timing } from "./settlement.ts";
export { openSupplier, type Patience, type Supplier, type SupplierOptions } from "./supplier.ts";
