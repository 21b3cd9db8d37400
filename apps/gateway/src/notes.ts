/** Notes: what a gateway has learned, kept in the ledger from one start to the next. */
import type { Ledger } from "@interchange/ledger";
import type { Logger } from "pino";

/** Something that learns. */
export interface Noted {
  /** The note's name in the ledger. */
  readonly name: string;
  /** Grows when there is something new to keep. */
  revision(): number;
  /** All that it knows, as JSON can say it. */
  write(): Readonly<Record<string, unknown>>;
  /** Takes over what was kept, as far as it is sound: an earlier version or anybody may have written it. */
  read(document: Readonly<Record<string, unknown>>): void;
}

export interface NotesOptions {
  readonly ledger: Pick<Ledger, "note" | "putNote">;
  readonly log: Pick<Logger, "warn">;
  readonly noted: readonly Noted[];
  /** How often what is new is kept; every minute unless said. */
  readonly everyMs?: number;
}

export interface Notes {
  /** Keeps what is new, and nothing after that. */
  close(): Promise<void>;
}

const EVERY_MS = 60_000;

/**
 * Reads every note once, then keeps now and then what was learned since. Of several gateways on one database the last
 * that writes wins: each has learned from requests of the same kind. A ledger that is away costs no more than a lesson.
 */
export async function openNotes({ ledger, log, noted, everyMs = EVERY_MS }: NotesOptions): Promise<Notes> {
  const kept = new Map<Noted, number>();
  const read = async (one: Noted): Promise<void> => {
    const document = await ledger.note(one.name);
    if (typeof document === "object" && document !== null) one.read(document as Record<string, unknown>);
  };
  const keep = async (one: Noted): Promise<void> => {
    const revision = one.revision();
    if (revision === (kept.get(one) ?? 0)) return;
    await ledger.putNote(one.name, one.write());
    kept.set(one, revision);
  };
  const each = async (what: string, work: (one: Noted) => Promise<void>): Promise<void> => {
    for (const one of noted) await work(one).catch((error: unknown) => log.warn({ err: error, note: one.name }, what));
  };
  const keepAll = (): Promise<void> => each("what was learned could not be kept", keep);

  await each("what was learned before could not be read", read);
  const timer = setInterval(() => void keepAll(), everyMs).unref();
  return {
    async close() {
      clearInterval(timer);
      await keepAll();
    },
  };
}
