/** What a caller asks of a model, said once for every dialect. */
import type { Extra } from "./extra.ts";
import type { Feature } from "./feature.ts";
import type { CacheMark, Part } from "./part.ts";
import type { Preferences } from "./preferences.ts";

export type Role = "system" | "developer" | "user" | "assistant" | "tool";

export interface Message {
  readonly role: Role;
  readonly content: readonly Part[];
  readonly extra?: Extra;
}

/** A tool that the caller runs. `inputSchema` is a JSON Schema; absent means no arguments were described. */
export interface Tool {
  readonly name: string;
  readonly description?: string;
  readonly inputSchema?: unknown;
  readonly strict?: boolean;
  readonly cache?: CacheMark;
  readonly extra?: Extra;
}

/** A tool that only one dialect knows (run by the supplier, or of a kind without a schema). */
export interface OpaqueTool {
  readonly dialect: string;
  readonly wire: unknown;
  /** What a supplier must offer for it: `tools` unless said. */
  readonly need?: Feature;
}

export type ToolChoice =
  | { readonly kind: "auto" }
  | { readonly kind: "none" }
  | { readonly kind: "any" }
  | { readonly kind: "tool"; readonly name: string };

/** The form that the answer's text must have. */
export type OutputFormat =
  | { readonly kind: "json"; readonly extra?: Extra }
  | {
      readonly kind: "json-schema";
      readonly schema?: unknown;
      readonly name?: string;
      readonly description?: string;
      readonly strict?: boolean;
      readonly extra?: Extra;
    };

/** How hard the model is to work. */
export type Effort = "minimal" | "low" | "medium" | "high" | "xhigh" | "max";

/** How much the model is to think before it answers. `auto` leaves it to the model. */
export interface Reasoning {
  readonly mode: "off" | "on" | "auto";
  readonly effort?: Effort;
  /** Most tokens of thought. */
  readonly budgetTokens?: number;
  /** Beside `off`: it was asked for, and cannot be had from this supplier, so that it is to be named as left out. */
  readonly isTakenBack?: true;
}

export interface InferenceRequest {
  /** The instrument as the caller wrote it; absent asks for the account's default. */
  readonly instrument?: string;
  /** Every turn in order, system turns among them. */
  readonly messages: readonly Message[];
  readonly tools?: readonly (Tool | OpaqueTool)[];
  readonly toolChoice?: ToolChoice;
  readonly parallelToolCalls?: boolean;
  /** Most tokens that one answer may have. */
  readonly outputTokensMax?: number;
  /** How many answers are asked for; 1 unless said. */
  readonly answers?: number;
  readonly temperature?: number;
  readonly topP?: number;
  /** 0 is no limit. */
  readonly topK?: number;
  readonly stopSequences?: readonly string[];
  readonly seed?: number;
  readonly reasoning?: Reasoning;
  /** Who asks, in the caller's own words: a pseudonym of an end user. */
  readonly userId?: string;
  readonly outputFormat?: OutputFormat;
  readonly stream: boolean;
  /** Whether the caller wants usage told within the stream. It is always asked of the supplier. */
  readonly showUsage: boolean;
  /** Features asked for by what rides in `extra`, which nobody else can read. */
  readonly extraNeeds?: readonly Feature[];
  /** Properties, as the caller spells them, that no other format can say. */
  readonly extraBonds?: readonly string[];
  /** Whether it is to be refused rather than filled with anything left out. */
  readonly requireParameters?: boolean;
  /** Wishes about who fills it; absent when nothing was said. They are for the market alone. */
  readonly preferences?: Preferences;
  /** Requests with the same key have much of their beginning in common, in the caller's own words. */
  readonly cacheKey?: string;
  /** Headers that belong to the format, by dialect: they go along to a supplier that speaks it too. */
  readonly headers?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly extra?: Extra;
}
