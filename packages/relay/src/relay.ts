/** The second leg: one request to one supplier, its answer passed on, its hold resolved. */
import { isFailure, type Refusal, type SupplierFailure } from "@interchange/inference";
import { begin } from "./beginning.ts";
import { createBooks } from "./books.ts";
import { giveBackAfter } from "./ending.ts";
import { type Exchange, exchange } from "./exchange.ts";
import { reasonOf } from "./failure.ts";
import { NO_LOG } from "./log.ts";
import { usageOfAnswer } from "./meter.ts";
import { marking, withOwnThinking } from "./provenance.ts";
import type { Outcome, RelayOptions, Run, Trip } from "./run.ts";
import { stamp } from "./stamp.ts";
import { createTally } from "./tally.ts";
import { Telling } from "./telling.ts";
import { startTimeLimit } from "./time-limit.ts";
import { readWhole } from "./whole.ts";

export interface Relay {
  /** Takes on the hold with the run: whatever comes of it, it is resolved here and nowhere else. */
  (run: Run): Promise<Outcome>;
  /** What is done for a run before it: whatever is thrown in there gives the hold back, and goes on. */
  prepare<Value>(requestId: string, work: () => Value): Promise<Value>;
  /** Resolves a hold that comes to no run. */
  giveBack(requestId: string, reason: string): Promise<void>;
  /** Resolves when no run is under way: every hold that was taken on is resolved, every supplier let go. */
  idle(): Promise<void>;
  /** Leaves holds to themselves from now on. */
  close(): void;
}

export function createRelay(options: RelayOptions): Relay {
  const underWay = createTally();
  const books = createBooks({ log: NO_LOG, ...options });
  const start = async (run: Run): Promise<Outcome> => {
    underWay.begin();
    books.begin(run.requestId);
    const limit = startTimeLimit(run.signal, run.supplier.patience.totalMs);
    const ended = (): void => {
      limit.end();
      underWay.end();
    };
    const trip: Trip = { options, books, run, sentAtMs: options.clock(), dropped: [], limit, ended };
    const outcome = await attempt(trip).catch((error: unknown) => giveUp(trip, error));
    // Events go on after this.
    if (outcome.kind !== "events") trip.ended();
    return outcome;
  };
  const idle = async (): Promise<void> => {
    await underWay.empty();
    await books.idle();
  };
  const prepare = async <Value>(requestId: string, work: () => Value): Promise<Value> => {
    try {
      return work();
    } catch (error) {
      await giveBackAfter(books, requestId);
      throw error;
    }
  };
  return Object.assign(start, {
    prepare,
    giveBack: (requestId: string, reason: string) => books.giveBack(requestId, reason),
    idle,
    close: () => books.close(),
  });
}

/** The caller is told of an error that nobody expected. */
async function giveUp(trip: Trip, error: unknown): Promise<never> {
  await giveBackAfter(trip.books, trip.run.requestId);
  trip.ended();
  throw error;
}

async function attempt(trip: Trip): Promise<Outcome> {
  const { run, limit } = trip;
  const { supplier } = run;
  const request = withOwnThinking(run.request, { name: supplier.name, verifies: supplier.dialect.verifiesThinking });
  const opened = await exchange({ ...run, request, signal: limit.signal });
  if (opened.kind === "failed") return fail(trip, opened.failure);
  const known = { ...trip, dropped: droppedOf(run, opened) };
  try {
    return run.request.stream ? await stream(known, opened) : await whole(known, opened);
  } catch (error) {
    opened.reply.letGo();
    throw error;
  }
}

function droppedOf({ unknown = [], surface }: Run, { leftOut }: Exchange): readonly string[] {
  return [...unknown, ...leftOut.map((wish) => surface.parameterOf(wish))];
}

/** Nothing was delivered, so nothing is owed. */
async function fail({ options, books, run }: Trip, failure: SupplierFailure): Promise<Outcome> {
  await books.giveBack(run.requestId, run.signal.aborted ? "the caller left" : reasonOf(failure));
  if (!run.signal.aborted) options.onTried?.(run, failure);
  return { kind: "refused", refusal: refusalFor(run, failure) };
}

function refusalFor(run: Run, failure: SupplierFailure): Refusal {
  const supplier = run.supplier.name;
  if (failure.caller) return { kind: "supplier-refused", supplier, failure };
  const attempts = [{ supplier, failure }];
  if (failure.overloaded !== true) return { kind: failure.timeout ? "supplier-timeout" : "supplier-failed", attempts };
  const { retryAfterMs } = failure;
  return { kind: "supplier-overloaded", attempts, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

async function whole(trip: Trip, opened: Exchange): Promise<Outcome> {
  const { options, books, run } = trip;
  const read = await readWhole(run.supplier, opened.reply);
  if (isFailure(read)) return fail(trip, read);
  const endedAtMs = options.clock();
  const usage = usageOfAnswer(read, run.inputTokens);
  const answer = marking(run.supplier.name).answer(stamp({ ...read, usage }, run.requestId, endedAtMs));
  const told = run.surface.writeAnswer(answer);
  options.onTried?.(run, undefined);
  await books.settle({
    requestId: run.requestId,
    supplier: run.supplier.name,
    model: read.model,
    usage,
    timing: { sentAtMs: trip.sentAtMs, endedAtMs },
    dropped: trip.dropped,
  });
  options.onSettled?.(run, usage);
  return { kind: "answer", answer: told, dropped: trip.dropped };
}

/** The first event is waited for, since a supplier that fails before it has not answered at all. */
async function stream(trip: Trip, opened: Exchange): Promise<Outcome> {
  const { run } = trip;
  const begun = await begin(run, opened);
  const [first] = begun.told;
  const failure = first === undefined ? NOTHING : first.event.type === "error" ? first.event.failure : undefined;
  if (failure === undefined && !run.signal.aborted) {
    return { kind: "events", events: new Telling(trip, begun), dropped: trip.dropped };
  }
  opened.reply.letGo();
  return fail(trip, failure ?? LEFT);
}

const NOTHING: SupplierFailure = { message: "it answered nothing", caller: false };
const LEFT: SupplierFailure = { message: "the caller left", caller: false };
