/** The whole result of a request. */
import type { Extra } from "./extra.ts";
import type { Finish } from "./finish.ts";
import type { Part } from "./part.ts";
import type { Usage } from "./usage.ts";

export interface Choice {
  readonly index: number;
  readonly content: readonly Part[];
  readonly finish: Finish;
  readonly extra?: Extra;
}

export interface InferenceAnswer {
  readonly id: string;
  /** The model that served. */
  readonly model: string;
  /** Seconds since 1970, when the supplier says. */
  readonly createdAtS?: number;
  readonly choices: readonly Choice[];
  readonly usage: Usage;
  readonly extra?: Extra;
}
