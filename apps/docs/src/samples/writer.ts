/** Who writes calls in one language or with one library. */
import type { Call } from "./call.ts";

export interface Writer {
  /** Above the sample: `curl`. */
  readonly label: string;
  /** By which Redoc colours it: it knows `curl` and `JavaScript`, and no TypeScript. */
  readonly language: "curl" | "JavaScript";
  /** The sample; undefined where the library has no such call. */
  write(call: Call): string | undefined;
}
