/** An offer: one supplier's ask for one instrument, in one wire format. */
import type { Feature } from "@interchange/inference";

/**
 * `paused`: it takes nothing for now, and what is sealed for it goes to others. `draining`: it is given nothing new, and what
 * is sealed for it still runs there.
 */
export type OfferStatus = "active" | "paused" | "draining";

export interface Offer {
  readonly supplier: string;
  /** The wire format in which it is bought, named as the dialect is. */
  readonly dialect: string;
  /** The instrument's name, in any case. */
  readonly instrument: string;
  /** The supplier's own id of the model that serves. */
  readonly model: string;
  /** Micro-dollars per Unit; one Unit is 1,000,000 tokens, input and output alike. A whole number. */
  readonly askMicros: number;
  readonly features: readonly Feature[];
  /** Features that nobody can offer in this format, since it has no words for them. */
  readonly unsayable?: readonly Feature[];
  /** Input and output together; the instrument's own when absent. */
  readonly contextTokens?: number;
  /** The instrument's own when absent. */
  readonly outputTokensMax?: number;
  /** Most requests under way there at once, of this gateway; absent sets no limit. */
  readonly runningMax?: number;
  /** Whether the supplier keeps what it is sent; absent where that is not known. */
  readonly collectsData?: boolean;
  /** How the second leg reaches the supplier: `relay` runs it through our own origin. */
  readonly delivery: "relay";
  /** `active` when absent. */
  readonly status?: OfferStatus;
}
