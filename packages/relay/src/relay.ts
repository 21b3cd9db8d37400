/** The second leg: one request to whoever answers it, that answer passed on, its hold resolved. */
import type { Asking } from "./asking.ts";
import { createBooks } from "./books.ts";
import { Deadline } from "./deadline.ts";
import { giveBackAfter } from "./ending.ts";
import { NO_LOG } from "./log.ts";
import { usageOfAnswer } from "./meter.ts";
import { marking } from "./provenance.ts";
import type { Outcome, RelayOptions, Run } from "./run.ts";
import { type Answering, type Finding, findAnswer } from "./search.ts";
import { stamp } from "./stamp.ts";
import { createTally } from "./tally.ts";
import { Telling } from "./telling.ts";
import type { Trip } from "./trip.ts";

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
    const trip: Trip = { options, books, run, deadline: new Deadline(run), ended: underWay.end };
    const outcome = await answerTo(trip).catch((error: unknown) => giveUp(trip, error));
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

async function answerTo(trip: Trip): Promise<Outcome> {
  const finding = await findAnswer(trip);
  if (finding.kind === "found") return passOn(trip, finding);
  const { refusal, reason } = finding.verdict;
  // Nothing was delivered, so nothing is owed.
  await trip.books.giveBack(trip.run.requestId, reason);
  return { kind: "refused", refusal };
}

async function passOn(trip: Trip, { asking, heard }: Extract<Finding, { kind: "found" }>): Promise<Outcome> {
  const { attempt } = asking;
  const { dropped } = heard;
  try {
    if (heard.kind === "whole") return { kind: "answer", answer: await whole(trip, asking, heard), dropped, attempt };
    return { kind: "events", events: new Telling(trip, asking, heard.beginning, dropped), dropped, attempt };
  } catch (error) {
    asking.abandon();
    throw error;
  }
}

type Whole = Extract<Answering, { kind: "whole" }>;

/** The answer in the surface's own form, paid. */
async function whole({ options, books, run }: Trip, asking: Asking, { answer, dropped }: Whole): Promise<unknown> {
  const { attempt, sentAtMs, limit } = asking;
  const supplier = attempt.supplier.name;
  const endedAtMs = options.clock();
  const usage = usageOfAnswer(answer, run.inputTokens);
  const marked = marking(supplier).answer(stamp({ ...answer, usage }, run.requestId, endedAtMs));
  const told = run.surface.writeAnswer(marked);
  limit.end();
  asking.end({ kind: "answered" });
  const timing = { sentAtMs, endedAtMs };
  const { model } = answer;
  await books.settle({ requestId: run.requestId, supplier, model, asked: attempt.model, usage, timing, dropped });
  options.onSettled?.(run, attempt, usage);
  return told;
}
