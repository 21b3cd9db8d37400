/**
 * An answer that streams: the supplier's bytes in, the surface's events out, the hold resolved with the last of them.
 *
 * It is pushed along by what the supplier sends. Nothing is made for a piece of it but its events; a caller that reads slowly
 * holds the supplier back.
 */
import type { EventReader, EventWriter, Told } from "@interchange/dialects";
import type { InferenceEvent, SupplierFailure } from "@interchange/inference";
import type { Asking } from "./asking.ts";
import { type Beginning, errorOf, withheld } from "./beginning.ts";
import { type Ending, giveBackAfter, type Known, resolveHold } from "./ending.ts";
import { NO_MORE_WORDS, readFault, sentenceOf } from "./failure.ts";
import { createMeter, type Meter } from "./meter.ts";
import { type Marking, marking } from "./provenance.ts";
import type { Listener, Reply } from "./reply.ts";
import type { Sink, Teller } from "./run.ts";
import { isSignOfLife } from "./sign-of-life.ts";
import { type Silence, watchSilence } from "./silence.ts";
import { stamp } from "./stamp.ts";
import type { Timer } from "./timer.ts";
import type { Trip } from "./trip.ts";

export class Telling implements Teller, Listener {
  readonly #trip: Trip;
  readonly #asking: Asking;
  readonly #deadline: Timer;
  readonly #writer: EventWriter<unknown>;
  readonly #marking: Marking;
  readonly #meter: Meter;
  readonly #known: Known;
  readonly #reader: EventReader | undefined;
  readonly #reply: Reply | undefined;
  #first: readonly Told[];
  #sink: Sink | undefined;
  /** Towards the caller, and of the supplier, whose signs of life are none that it goes on. */
  #silence: Silence | undefined;
  #wordlessness: Silence | undefined;
  #isWaiting = false;
  #wasHeldBack = false;
  /** Resolves when the hold is resolved; there from the moment in which it is known how. */
  #ending: Promise<void> | undefined;
  /** What a caller that took too long is told. */
  #givenUp: SupplierFailure | undefined;

  /** A writer that fails does so here, before any event is out. */
  constructor(trip: Trip, asking: Asking, { told, rest }: Beginning, dropped: readonly string[]) {
    const { run, options, deadline } = trip;
    const { supplier } = asking.attempt;
    const firstEventAtMs = options.clock();
    this.#trip = trip;
    this.#asking = asking;
    this.#writer = run.surface.writeEvents({ requestId: run.requestId, showUsage: run.request.showUsage });
    this.#marking = marking(supplier.name);
    this.#meter = createMeter(run.inputTokens, options.clock);
    this.#reader = rest?.reader;
    this.#reply = rest?.reply;
    this.#first = told.map((one) => stamped(one, trip, firstEventAtMs));
    const start = told[0]?.event;
    this.#known = {
      firstEventAtMs,
      model: start?.type === "start" ? start.model : "",
      meter: this.#meter,
      writer: this.#writer,
      dropped,
      wasHeldBack: () => this.#wasHeldBack,
    };
    asking.limit.awaitCaller(this.#tooLate);
    this.#deadline = deadline.watchTotal(() => this.#giveUp(deadline.total));
  }

  start(sink: Sink): void {
    this.#sink = sink;
    if (this.#ending !== undefined) return this.#tellTooLate(this.#ending, sink);
    const { limit, attempt } = this.#asking;
    limit.awaitSupplier();
    this.#silence = watchSilence(this.#trip.options.pingAfterMs ?? PING_AFTER_MS, () => this.#ping(sink));
    this.#wordlessness = watchSilence(attempt.supplier.patience.idleMs * WORDLESS_TIMES, () => this.#missWords());
    const first = this.#first;
    this.#first = [];
    this.#try(() => {
      this.#tellAll(first, sink);
      this.#reply?.listen(this);
      if (this.#ending === undefined && !this.#isWaiting) this.#reply?.resume();
    });
  }

  drained(): void {
    if (!this.#isWaiting || this.#ending !== undefined) return;
    this.#isWaiting = false;
    this.#wordlessness?.broken();
    this.#asking.limit.awaitSupplier();
    this.#reply?.resume();
  }

  leave(): Promise<void> {
    this.#ending ??= this.#resolve({ kind: this.#sink === undefined ? "unheard" : "left" });
    return this.#ending;
  }

  /** What fails in it is heard by whoever leaves after this. */
  #leaveUnheard(): void {
    this.leave().catch(() => undefined);
  }

  data(bytes: Uint8Array): void {
    if (this.#reader !== undefined) this.#hear(withheld(this.#reader.read(bytes)));
  }

  end(): void {
    if (this.#reader !== undefined) this.#hear(withheld(this.#reader.close()));
  }

  /** A caller that has left is heard of first as a connection that was broken off. */
  broken(error: unknown): void {
    if (this.#trip.run.signal.aborted) this.#leaveUnheard();
    else this.#hear([errorOf(readFault(error))]);
  }

  bug(error: unknown): void {
    this.#ending ??= this.#fail(error);
  }

  #hear(told: readonly Told[]): void {
    if (this.#sink !== undefined && this.#ending === undefined) this.#tellAll(told, this.#sink);
  }

  /** What comes with the end leaves with it, in one write. */
  #tellAll(all: readonly Told[], sink: Sink): void {
    if (all.length === 0) return;
    if (!isSignOfLife(all)) this.#wordlessness?.broken();
    for (const told of all) {
      const { event } = told;
      if (event.type === "end" || event.type === "error") return this.#end(event, sink);
      this.#tell(told, sink);
    }
    this.#flush(sink);
  }

  #tell(told: Told, sink: Sink): void {
    this.#meter.note(told.event);
    for (const event of this.#marking.event(told.event)) {
      if (told.plain !== undefined && event === told.event && this.#writer.passes(event, told.plain)) {
        sink.pass(told.plain.bytes);
      } else for (const wire of this.#writer.write(event)) sink.put(wire);
    }
  }

  #flush(sink: Sink): void {
    this.#silence?.broken();
    if (sink.flush() || this.#isWaiting) return;
    this.#isWaiting = true;
    this.#wasHeldBack = true;
    this.#reply?.pause();
    this.#asking.limit.awaitCaller(this.#tooLate);
  }

  /** While the caller is waited for, nobody is listened to. */
  #missWords(): void {
    if (!this.#isWaiting) this.#try(() => this.#hear([errorOf(NO_MORE_WORDS)]));
  }

  /** Surfaces that have no word for it are given a comment. */
  #ping(sink: Sink): void {
    if (this.#isWaiting || this.#ending !== undefined) return;
    this.#try(() => {
      const words = this.#writer.write({ type: "ping" });
      for (const wire of words) sink.put(wire);
      if (words.length === 0) sink.pass(COMMENT);
      this.#flush(sink);
    });
  }

  /** The books are closed before the last event leaves, so that a caller who has it finds its balance settled. */
  #end(event: InferenceEvent, sink: Sink): void {
    const failure = event.type === "error" ? event.failure : undefined;
    const words =
      failure === undefined ? this.#lastWords() : [{ type: "error" as const, failure: sentenceOf(failure) }];
    const wires = words.flatMap((word) => this.#writer.write(word));
    const ending: Ending = failure === undefined ? { kind: "complete" } : { kind: "failed", failure };
    this.#ending = this.#resolve(ending)
      .then(() => {
        for (const wire of wires) sink.put(wire);
        sink.end();
      })
      .catch(async (error: unknown) => {
        await this.#giveBack();
        sink.fail(error);
      });
  }

  /** Usage that we counted ourselves is told too, while there is time. */
  #lastWords(): readonly InferenceEvent[] {
    const usage = this.#meter.usage();
    return usage.estimated === true ? [{ type: "usage", usage }, { type: "end" }] : [{ type: "end" }];
  }

  async #resolve(ending: Ending): Promise<void> {
    this.#stop(ending.kind === "complete");
    try {
      await resolveHold(this.#trip, this.#asking, ending, this.#known);
    } catch (error) {
      this.#asking.abandon();
      // A hold that is resolved by now stays as it is.
      await this.#giveBack();
      throw error;
    } finally {
      this.#asking.limit.end();
      this.#trip.ended();
    }
  }

  #try(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.bug(error);
    }
  }

  async #fail(error: unknown): Promise<void> {
    this.#stop(false);
    this.#asking.abandon();
    await this.#giveBack();
    this.#trip.ended();
    this.#sink?.fail(error);
  }

  #giveBack(): Promise<void> {
    return giveBackAfter(this.#trip.books, this.#trip.run.requestId);
  }

  #stop(isComplete: boolean): void {
    this.#silence?.end();
    this.#wordlessness?.end();
    this.#deadline.stop();
    if (isComplete) this.#reply?.letEnd();
    else this.#reply?.letGo();
  }

  readonly #tooLate = (): void => this.#giveUp(TOO_LATE);

  #giveUp(why: SupplierFailure): void {
    if (this.#ending !== undefined) return;
    this.#givenUp = why;
    const ending = this.leave();
    // An error in it is heard by whoever begins to read; there is nobody else.
    if (this.#sink === undefined) ending.catch(() => undefined);
    else this.#tellTooLate(ending, this.#sink);
  }

  #tellTooLate(ending: Promise<void>, sink: Sink): void {
    const tell = (): void => {
      const failure = this.#givenUp;
      if (failure !== undefined) for (const wire of this.#writer.write({ type: "error", failure })) sink.put(wire);
      sink.end();
    };
    ending.then(tell).catch((error: unknown) => sink.fail(error));
  }
}

const TOO_LATE: SupplierFailure = { message: "The answer was left unread for too long.", caller: true, timeout: true };

/** As long as the hot-headed among the proxies and clients wait at least twice. */
const PING_AFTER_MS = 15_000;

/** How much longer than for any byte a word is waited for, once there were words. */
const WORDLESS_TIMES = 2;

/** Any client passes over a line that begins with a colon. */
const COMMENT = Buffer.from(":\n\n");

function stamped(told: Told, { run }: Trip, nowMs: number): Told {
  return told.event.type === "start" ? { event: stamp(told.event, run.requestId, nowMs) } : told;
}
