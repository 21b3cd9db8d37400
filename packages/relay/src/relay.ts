/** The second leg: one request to one supplier, its answer passed on, its hold resolved. */
import { type InferenceAnswer, isFailure, type Refusal, type SupplierFailure } from "@interchange/inference";
import { giveBack, settle } from "./account.ts";
import { type Exchange, exchange, letGo } from "./exchange.ts";
import { readFault, reasonOf, withhold } from "./failure.ts";
import { usageOfAnswer } from "./meter.ts";
import type { Outcome, RelayOptions, Run, Trip } from "./run.ts";
import { stamp } from "./stamp.ts";
import { passOn, readEvents } from "./stream.ts";
import { createTally } from "./tally.ts";
import { startTimeLimit } from "./time-limit.ts";

export interface Relay {
  (run: Run): Promise<Outcome>;
  /** Resolves when no run is under way: every hold that was taken on is resolved, every supplier let go. */
  idle(): Promise<void>;
}

export function createRelay(options: RelayOptions): Relay {
  const underWay = createTally();
  const start = async (run: Run): Promise<Outcome> => {
    underWay.begin();
    const limit = startTimeLimit(run.signal, run.supplier.patience.totalMs);
    const ended = (): void => {
      limit.end();
      underWay.end();
    };
    const trip: Trip = { options, run, sentAtMs: options.clock(), limit, ended };
    const outcome = await attempt(trip).catch((error: unknown) => giveUp(trip, error));
    // Events go on after this.
    if (outcome.kind !== "events") trip.ended();
    return outcome;
  };
  return Object.assign(start, { idle: underWay.empty });
}

/** An error that nobody expected: the caller is told so, and owes nothing. */
async function giveUp({ options, run, ended }: Trip, error: unknown): Promise<never> {
  try {
    await giveBack(options.ledger, run.requestId, "an error of the gateway");
    throw error;
  } finally {
    ended();
  }
}

async function attempt(trip: Trip): Promise<Outcome> {
  const { run, limit } = trip;
  const opened = await exchange({ ...run, signal: limit.signal });
  if (opened.kind === "failed") return fail(trip, opened.failure);
  try {
    return run.request.stream ? await stream(trip, opened) : await whole(trip, opened);
  } catch (error) {
    letGo(opened.body);
    throw error;
  }
}

/** Nothing was delivered, so nothing is owed. */
async function fail({ options, run }: Trip, failure: SupplierFailure): Promise<Outcome> {
  await giveBack(options.ledger, run.requestId, run.signal.aborted ? "the caller left" : reasonOf(failure));
  if (!run.signal.aborted) options.onTried?.(run, failure);
  return { kind: "refused", refusal: refusalFor(run, failure) };
}

function refusalFor(run: Run, failure: SupplierFailure): Refusal {
  const supplier = run.supplier.name;
  if (failure.caller) return { kind: "supplier-refused", supplier, failure };
  return { kind: failure.timeout ? "supplier-timeout" : "supplier-failed", attempts: [{ supplier, failure }] };
}

async function whole(trip: Trip, opened: Exchange): Promise<Outcome> {
  const { options, run } = trip;
  const read = await readWhole(run, opened);
  if (isFailure(read)) return fail(trip, read);
  const endedAtMs = options.clock();
  const usage = usageOfAnswer(read, run.inputTokens);
  const told = run.surface.writeAnswer(stamp({ ...read, usage }, run.requestId, endedAtMs));
  options.onTried?.(run, undefined);
  await settle(options.ledger, {
    requestId: run.requestId,
    supplier: run.supplier.name,
    model: read.model,
    usage,
    timing: { sentAtMs: trip.sentAtMs, endedAtMs },
  });
  return { kind: "answer", answer: told };
}

async function readWhole(run: Run, opened: Exchange): Promise<InferenceAnswer | SupplierFailure> {
  let text: string;
  try {
    text = await opened.body.text();
  } catch (error) {
    return readFault(error);
  }
  const wire = readJson(text);
  if (wire === undefined) return { message: "it answered something that is not JSON", caller: false };
  const answer = run.supplier.dialect.readAnswer(wire);
  return isFailure(answer) ? withhold(answer) : answer;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The first event is waited for, since a supplier that fails before it has not answered at all. */
async function stream(trip: Trip, opened: Exchange): Promise<Outcome> {
  const { options, run } = trip;
  const events = readEvents(run, opened);
  const first = await events.next();
  if (first.done === true) return fail(trip, { message: "it answered nothing", caller: false });
  if (first.value.type === "error") {
    await events.return(undefined);
    return fail(trip, first.value.failure);
  }
  if (run.signal.aborted) {
    await events.return(undefined);
    return fail(trip, { message: "the caller left", caller: false });
  }
  const atMs = options.clock();
  const start = first.value.type === "start" ? stamp(first.value, run.requestId, atMs) : first.value;
  return { kind: "events", events: passOn(trip, start, events, atMs) };
}
