/** What a caller asks of a model, said once for every dialect. */
import type { Extra } from "./extra.ts";
import type { Part } from "./part.ts";

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
  readonly extra?: Extra;
}

/** A tool that only one dialect knows (run by the supplier, or of a kind without a schema). */
export interface OpaqueTool {
  readonly dialect: string;
  readonly wire: unknown;
}

export type ToolChoice =
  | { readonly kind: "auto" }
  | { readonly kind: "none" }
  | { readonly kind: "any" }
  | { readonly kind: "tool"; readonly name: string };

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
  readonly topK?: number;
  readonly stopSequences?: readonly string[];
  readonly seed?: number;
  readonly stream: boolean;
  /** Whether the caller wants usage told within the stream. It is always asked of the supplier. */
  readonly showUsage: boolean;
  readonly extra?: Extra;
}
