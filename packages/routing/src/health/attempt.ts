/** Attempt: one request on its way to a supplier, from its beginning to the one thing that it comes to. */

/** What an answer tells of its supplier. Absent means that it was not measured, and is not held against anybody. */
export interface Answer {
  readonly firstTokenMs?: number;
  /** Output speed after the first token. */
  readonly tokensPerSecond?: number;
}

export interface Fault {
  /** `busy`: the supplier asked to be left alone for a while (429, overloaded). */
  readonly kind: "failure" | "timeout" | "busy";
  /** The wait that a busy supplier asked for; without a meaning for other faults. */
  readonly retryAfterMs?: number;
}

/** Exactly one of the endings counts, the first; another one does nothing. */
export interface Attempt {
  /** It began while the breaker was half-open and no other probe was under way: what it comes to decides. */
  readonly isProbe: boolean;
  answered(answer: Answer, nowMs: number): void;
  failed(fault: Fault, nowMs: number): void;
  /** The caller left, or what was asked was wrong: it tells nothing of the supplier. */
  left(nowMs: number): void;
}

/** What an attempt came to, without what cannot have been measured. */
export type Ending =
  | { readonly kind: "answer"; readonly firstTokenMs: number | undefined; readonly tokensPerSecond: number | undefined }
  | { readonly kind: Fault["kind"]; readonly retryAfterMs: number | undefined }
  | { readonly kind: "left" };

/** Tells its one ending to whoever began it. */
export class LiveAttempt implements Attempt {
  readonly isProbe: boolean;
  /** How often the breaker had changed when it began. */
  readonly epoch: number;
  readonly #end: (attempt: LiveAttempt, ending: Ending, nowMs: number) => void;
  #hasEnded = false;

  constructor(isProbe: boolean, epoch: number, end: (attempt: LiveAttempt, ending: Ending, nowMs: number) => void) {
    this.isProbe = isProbe;
    this.epoch = epoch;
    this.#end = end;
  }

  answered({ firstTokenMs, tokensPerSecond }: Answer, nowMs: number): void {
    const ending = { firstTokenMs: soundOf(firstTokenMs), tokensPerSecond: soundOf(tokensPerSecond) };
    this.#endOnce({ kind: "answer", ...ending }, nowMs);
  }

  failed({ kind, retryAfterMs }: Fault, nowMs: number): void {
    this.#endOnce({ kind, retryAfterMs: soundOf(retryAfterMs) }, nowMs);
  }

  left(nowMs: number): void {
    this.#endOnce({ kind: "left" }, nowMs);
  }

  #endOnce(ending: Ending, nowMs: number): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#end(this, ending, nowMs);
  }
}

/** Suppliers' headers are not ours, and clocks may jump: nothing takes no time, or less. */
function soundOf(measured: number | undefined): number | undefined {
  return Number.isFinite(measured) && Number(measured) > 0 ? measured : undefined;
}
