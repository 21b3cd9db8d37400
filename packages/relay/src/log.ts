/** Where a relay says what an operator should know, in the manner of pino: what it is about, then a sentence. */
export interface Log {
  warn(about: object, sentence: string): void;
  error(about: object, sentence: string): void;
}

export const NO_LOG: Log = { warn: () => undefined, error: () => undefined };
