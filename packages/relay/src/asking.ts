/** Asking one supplier: what it is sent, how long its answer is waited for, and how its attempt ends, which is once. */
import { type InferenceAnswer, type InferenceRequest, isFailure, type SupplierFailure } from "@interchange/inference";
import type { Attempt, Tried } from "./attempt.ts";
import { type Beginning, begin } from "./beginning.ts";
import { type Exchange, exchange } from "./exchange.ts";
import { readFault, SILENT, UNREACHED } from "./failure.ts";
import { withOwnThinking } from "./provenance.ts";
import type { Run } from "./run.ts";
import { startTimeLimit, type TimeLimit } from "./time-limit.ts";
import { startTimer, type Timer } from "./timer.ts";
import type { Trip } from "./trip.ts";
import { readWhole } from "./whole.ts";

/** What was heard of a supplier: all of its answer, how that begins, or neither. */
export type Heard =
  | { readonly kind: "whole"; readonly answer: InferenceAnswer; readonly dropped: readonly string[] }
  | { readonly kind: "stream"; readonly beginning: Beginning; readonly dropped: readonly string[] }
  | { readonly kind: "failed"; readonly failure: SupplierFailure };

export class Asking {
  readonly attempt: Attempt;
  readonly sentAtMs: number;
  /** Bounds the asking, and all of the answer when there is one. */
  readonly limit: TimeLimit;
  /** Rejects on a bug alone. */
  readonly heard: Promise<Heard>;
  readonly #dueMs: number;
  readonly #timer: Timer;
  #isReached = false;
  #isEnded = false;

  constructor({ run, options }: Trip, attempt: Attempt) {
    const { totalMs } = attempt.supplier.patience;
    const waitMs = patienceOf(run, attempt);
    this.attempt = attempt;
    this.sentAtMs = options.clock();
    this.limit = startTimeLimit(run.signal, totalMs);
    this.#dueMs = performance.now() + Math.min(waitMs, totalMs);
    this.#timer = startTimer(waitMs, () => this.limit.abort(this.#silence()));
    this.heard = this.#ask(run).finally(() => this.#timer.stop());
  }

  /** The failure of a supplier that has had all of the time that it is given for its first word. */
  lateness(): SupplierFailure | undefined {
    return performance.now() < this.#dueMs ? undefined : readFault(this.#silence());
  }

  /** Tells what came of it, unless that has been told. */
  end(result: Tried): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.attempt.ended(result);
  }

  /** Nothing more is wanted of its supplier, whatever it has said. */
  letGo(): void {
    this.#timer.stop();
    this.limit.abort(NOT_WANTED);
    this.limit.end();
    this.end({ kind: "left" });
  }

  /** The same after a bug, of which alone is to be heard. */
  abandon(): void {
    try {
      this.letGo();
    } catch {
      // It is but another one.
    }
  }

  #silence(): Error {
    return this.#isReached ? SILENT : UNREACHED;
  }

  async #ask(run: Run): Promise<Heard> {
    const { supplier, model, features } = this.attempt;
    const thinker = { name: supplier.name, verifies: supplier.dialect.verifiesThinking };
    const request = withOwnThinking(capped(run.request, this.attempt), thinker);
    const onReached = (): void => {
      this.#isReached = true;
    };
    const opened = await exchange({ supplier, request, model, features, signal: this.limit.signal, onReached });
    if (opened.kind === "failed") return opened;
    try {
      return await this.#hear(run, opened);
    } catch (error) {
      opened.reply.letGo();
      throw error;
    }
  }

  async #hear(run: Run, opened: Exchange): Promise<Heard> {
    const { supplier, unknown = [] } = this.attempt;
    const dropped = [...unknown, ...opened.leftOut.map((wish) => run.surface.parameterOf(wish))];
    if (run.request.stream) {
      const beginning = await begin(supplier, opened);
      if (beginning.kind === "beginning") return { kind: "stream", beginning, dropped };
      opened.reply.letGo();
      return beginning;
    }
    const answer = await readWhole(supplier, opened.reply);
    return isFailure(answer) ? { kind: "failed", failure: answer } : { kind: "whole", answer, dropped };
  }
}

/** A whole answer has no beginning that its supplier could be given a time for. */
function patienceOf({ request }: Run, { supplier, firstByteMs = Infinity }: Attempt): number {
  return request.stream ? Math.min(supplier.patience.firstByteMs, firstByteMs) : firstByteMs;
}

const NOT_WANTED = new Error("Its answer is not wanted.");

/** One may write shorter answers than the one for which tokens are held. */
function capped(request: InferenceRequest, { outputTokensMax = Number.POSITIVE_INFINITY }: Attempt): InferenceRequest {
  if ((request.outputTokensMax ?? Number.POSITIVE_INFINITY) <= outputTokensMax) return request;
  return outputTokensMax === Number.POSITIVE_INFINITY ? request : { ...request, outputTokensMax };
}
