/** The page that something is laid out for. */
import type { Paint } from "./paint.ts";

export interface Page {
  /** In characters; without an end where nobody looks. */
  readonly width: number;
  readonly paint: Paint;
  /** Instants of this year are told without it. */
  readonly nowMs: number;
}
