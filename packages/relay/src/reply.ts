/** A supplier's reply as it comes: its head once, its body pushed to one listener at a time. */
import type { Dispatcher } from "undici";

export interface Head {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Whoever is pushed the body. What throws in here is a bug of ours, and heard as such: a supplier has no part in it. */
export interface Listener {
  data(bytes: Uint8Array): void;
  /** The supplier has sent all of it. */
  end(): void;
  broken(error: unknown): void;
  bug(error: unknown): void;
}

type Controller = Dispatcher.DispatchController;
const LAST_MOMENT_MS = 1_000;

type Word = (listener: Listener) => void;

/**
 * The body waits until it is resumed. This is undici's lowest interface: a stream or a promise for each piece would cost
 * more than all that is done with it.
 */
export class Reply implements Dispatcher.DispatchHandler {
  readonly head: Promise<Head>;
  readonly #head = Promise.withResolvers<Head>();
  #controller: Controller | undefined;
  #listener: Listener | undefined;
  /** What came while nobody listened: a supplier that closes is heard to the end, paused or not. */
  #unheard: Word[] = [];
  #isWanted = true;
  #isOver = false;
  /** Runs while it is let end. */
  #spare: NodeJS.Timeout | undefined;
  #abortedFor: { readonly reason: Error } | undefined;
  readonly #onReached: () => void;

  /** An abort of the signal breaks the reply off, whatever it has come to. `onReached` is called when there is a connection. */
  constructor(signal: AbortSignal, onReached: () => void) {
    this.head = this.#head.promise;
    this.#onReached = onReached;
    const abort = (): void => this.#abort(signal.reason as Error);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  }

  /** Who hears of the body once it is resumed; undefined while that is nobody. */
  listen(listener: Listener | undefined): void {
    this.#listener = listener;
  }

  pause(): void {
    if (!this.#isOver) this.#controller?.pause();
  }

  resume(): void {
    for (const word of this.#unheard.splice(0)) this.#say(word);
    // When it is over its connection is somebody else's.
    if (!this.#isOver) this.#controller?.resume();
  }

  /** Nobody wants the rest of it. Nothing is told of it any more. */
  letGo(): void {
    this.#isWanted = false;
    this.#abort(new Error("The rest is not wanted."));
  }

  /** All that matters of it is told. It is given a moment to end, so that its connection is kept. */
  letEnd(): void {
    this.#isWanted = false;
    if (this.#isOver) return;
    this.#spare = setTimeout(() => this.letGo(), LAST_MOMENT_MS).unref();
    this.resume();
  }

  #abort(reason: Error): void {
    this.#abortedFor ??= { reason };
    if (this.#controller === undefined) this.#head.reject(reason);
    else this.#controller.abort(reason);
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    this.#onReached();
    if (this.#abortedFor !== undefined) controller.abort(this.#abortedFor.reason);
  }

  onResponseStart(controller: Controller, status: number, headers: Head["headers"]): void {
    if (status < 200) return;
    controller.pause();
    this.#head.resolve({ status, headers });
  }

  onResponseData(_: Controller, bytes: Buffer): void {
    const listener = this.#listener;
    if (!this.#isWanted) return;
    if (listener === undefined) return this.#say((late) => late.data(bytes));
    try {
      listener.data(bytes);
    } catch (error) {
      this.#fail(listener, error);
    }
  }

  onResponseEnd(): void {
    this.#isOver = true;
    this.#say((listener) => listener.end());
  }

  onResponseError(_: Controller, error: Error): void {
    this.#isOver = true;
    this.#head.reject(error);
    this.#say((listener) => listener.broken(error));
  }

  #say(word: Word): void {
    if (!this.#isWanted) return clearTimeout(this.#spare);
    const listener = this.#listener;
    if (listener === undefined) return void this.#unheard.push(word);
    try {
      word(listener);
    } catch (error) {
      this.#fail(listener, error);
    }
  }

  #fail(listener: Listener, error: unknown): void {
    this.letGo();
    listener.bug(error);
  }
}
