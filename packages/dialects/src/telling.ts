/** How the parts of a request are written: as they came, or in another format's words, and with whose habits. */
import type { Quirks } from "./quirks.ts";

export interface Telling {
  /** Whether the request came in the format in which it is written: then it is said back as it was. */
  readonly own: boolean;
  readonly quirks: Quirks;
}
