/** The search for a supplier that answers: one after the other, or a second beside one that is silent. */
import type { FailedAttempt, SupplierFailure } from "@interchange/inference";
import { Asking, type Heard } from "./asking.ts";
import type { Attempt } from "./attempt.ts";
import { startTimer, type Timer } from "./timer.ts";
import type { Trip } from "./trip.ts";
import { callerLeft, deadlineOver, LEFT, nobodyLeft, refused, type Verdict } from "./verdict.ts";

export type Answering = Exclude<Heard, { kind: "failed" }>;

/** Who answers, and what was heard of it; or what the run ends with, since nobody does. */
export type Finding =
  | { readonly kind: "found"; readonly asking: Asking; readonly heard: Answering }
  | { readonly kind: "none"; readonly verdict: Verdict };

/** Every attempt but the one found has ended when it resolves; rejects on a bug, with every attempt ended. */
export function findAnswer(trip: Trip): Promise<Finding> {
  const search = new Search(trip);
  search.start();
  return search.finding;
}

class Search {
  readonly finding: Promise<Finding>;
  readonly #trip: Trip;
  readonly #finding = Promise.withResolvers<Finding>();
  /** In the order in which they were handed out, with what those that failed failed of. */
  readonly #tried = new Map<Asking, SupplierFailure | undefined>();
  readonly #underWay = new Set<Asking>();
  #isOver = false;
  #deadline: Timer | undefined;
  /** Runs while one is asked alone. */
  #hedge: Timer | undefined;

  constructor(trip: Trip) {
    this.#trip = trip;
    this.finding = this.#finding.promise;
  }

  start(): void {
    this.#deadline = this.#trip.deadline.watchFirst(() => this.#try(() => this.#overtake()));
    this.#try(() => this.#goOn());
  }

  /** Nobody is under way. */
  #goOn(): void {
    const { run, deadline } = this.#trip;
    if (run.signal.aborted) return this.#lose(callerLeft(this.#failed()));
    if (deadline.isOver()) return this.#overtake();
    const next = run.next(this.#failed());
    if (next.kind === "nobody") return this.#lose(nobodyLeft(this.#failed(), next.refusal));
    this.#ask(next.attempt);
    if (run.hedge !== undefined) this.#hedge = startTimer(run.hedge.afterMs, () => this.#try(() => this.#askBeside()));
  }

  #ask(attempt: Attempt): void {
    const asking = new Asking(this.#trip, attempt);
    this.#tried.set(asking, undefined);
    this.#underWay.add(asking);
    asking.heard.then(
      (heard) => this.#try(() => this.#hear(asking, heard)),
      (error: unknown) => this.#abandon(error),
    );
  }

  #askBeside(): void {
    const { run, deadline } = this.#trip;
    if (run.signal.aborted || deadline.isOver() || run.hedge?.take() !== true) return;
    const next = run.next(this.#failed());
    if (next.kind === "attempt") this.#ask(next.attempt);
  }

  #hear(asking: Asking, heard: Heard): void {
    // Whatever is heard of one that was let go is heard by nobody.
    if (this.#isOver) return;
    const isLeft = this.#trip.run.signal.aborted;
    if (heard.kind !== "failed" && !isLeft) return this.#win(asking, heard);
    if (isLeft) return this.#leave();
    if (heard.kind === "failed") this.#fail(asking, heard.failure);
  }

  #win(asking: Asking, heard: Answering): void {
    this.#underWay.delete(asking);
    this.#close();
    this.#finding.resolve({ kind: "found", asking, heard });
  }

  /** A prompt that is too long for one may be short enough for another; what else is wrong with a request is so everywhere. */
  #fail(asking: Asking, failure: SupplierFailure): void {
    this.#underWay.delete(asking);
    this.#tried.set(asking, failure);
    const isTooLong = failure.overflow !== undefined;
    asking.limit.end();
    asking.end(failure.caller || isTooLong ? { kind: "refused", failure } : { kind: "failed", failure, begun: false });
    if (failure.caller && !isTooLong) return this.#lose(refused({ supplier: asking.attempt.supplier.name, failure }));
    if (this.#underWay.size > 0) return;
    this.#hedge?.stop();
    this.#goOn();
  }

  #leave(): void {
    for (const asking of this.#underWay) this.#tried.set(asking, LEFT);
    this.#lose(callerLeft(this.#failed()));
  }

  /** The caller's time is over. Whoever has had all of its own by then has failed, all others were but cut off. */
  #overtake(): void {
    const { first } = this.#trip.deadline;
    for (const asking of this.#underWay) {
      const failure = asking.lateness();
      this.#tried.set(asking, failure ?? first);
      if (failure !== undefined) asking.end({ kind: "failed", failure, begun: false });
    }
    this.#lose(deadlineOver(this.#failed(), first));
  }

  #lose(verdict: Verdict): void {
    this.#close();
    this.#finding.resolve({ kind: "none", verdict });
  }

  #failed(): readonly FailedAttempt[] {
    return [...this.#tried].flatMap(([{ attempt }, failure]) =>
      failure === undefined ? [] : [{ supplier: attempt.supplier.name, failure }],
    );
  }

  /** Lets everybody go who is still under way. */
  #close(): void {
    this.#stop();
    for (const asking of this.#underWay) asking.letGo();
    this.#underWay.clear();
    this.#isOver = true;
  }

  #stop(): void {
    this.#hedge?.stop();
    this.#deadline?.stop();
  }

  #try(step: () => void): void {
    if (this.#isOver) return;
    try {
      step();
    } catch (error) {
      this.#abandon(error);
    }
  }

  /** A bug. What it brings about in turn is not heard of. */
  #abandon(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stop();
    for (const asking of this.#tried.keys()) asking.abandon();
    this.#finding.reject(error);
  }
}
