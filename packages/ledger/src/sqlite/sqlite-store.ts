/** The store on SQLite: one thread after another, since one that met a failure of the disk ends, and the next opens the file again. */

import { LedgerUnavailable } from "../ledger-error.ts";
import type { Store } from "../store.ts";
import type { Command } from "../transactions/group.ts";
import type { WorkerOptions } from "./message.ts";
import { startThread, type Thread } from "./thread.ts";

const PAUSE_MIN_MS = 100;
const PAUSE_MAX_MS = 2_000;

export async function openSqliteStore(options: WorkerOptions): Promise<Store> {
  const life = new Life(options);
  await life.begin();
  return {
    submit: (kind, input, nowMs) => {
      const thread = life.thread;
      return thread ? thread.submit({ kind, input, nowMs } as Command) : Promise.reject(life.refusal());
    },
    close: () => life.end(),
  };
}

/** What keeps a thread running for as long as the store is open. */
class Life {
  readonly #options: WorkerOptions;
  #thread: Thread | undefined;
  #refusal = "the ledger is closed";
  #isOver = false;
  #openedAtMs = 0;
  #pauseMs = PAUSE_MIN_MS;
  #timer: NodeJS.Timeout | undefined;
  #reopening: Promise<void> | undefined;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  async begin(): Promise<void> {
    try {
      await this.#open();
    } catch (cause) {
      const { message } = cause as Error;
      throw new LedgerUnavailable(`the ledger ${this.#options.file} cannot be opened: ${message}`, { cause });
    }
  }

  get thread(): Thread | undefined {
    return this.#isOver ? undefined : this.#thread;
  }

  /** Why there is none. */
  refusal(): LedgerUnavailable {
    return new LedgerUnavailable(this.#refusal);
  }

  async end(): Promise<void> {
    this.#isOver = true;
    this.#refusal = "the ledger is closed";
    clearTimeout(this.#timer);
    await this.#reopening;
    await this.#thread?.close();
  }

  async #open(): Promise<void> {
    this.#thread = await startThread(this.#options, (cause) => this.#fail(cause));
    this.#openedAtMs = performance.now();
  }

  #fail(cause: Error): void {
    this.#thread = undefined;
    if (this.#isOver) return;
    if (performance.now() - this.#openedAtMs > PAUSE_MAX_MS) this.#pauseMs = PAUSE_MIN_MS;
    this.#refuse(cause);
  }

  #refuse({ message }: Error): void {
    if (this.#isOver) return;
    this.#refusal = `the ledger failed: ${message}`;
    // One that was kept in memory is gone.
    if (this.#options.file !== ":memory:") this.#reopenLater();
  }

  /** Opening writes to the file, so it succeeds when the disk takes writes again. */
  #reopenLater(): void {
    const reopen = (): void => {
      this.#reopening = this.#open().catch((cause: Error) => this.#refuse(cause));
    };
    this.#timer = setTimeout(reopen, this.#pauseMs).unref();
    this.#pauseMs = Math.min(this.#pauseMs * 2, PAUSE_MAX_MS);
  }
}
