/** An order: all that routing may know of a request. Nothing in it was written by the caller but names and numbers. */
import type { Feature, Preferences } from "@interchange/inference";

export interface Order {
  /** The instrument's canonical name. */
  readonly instrument: string;
  /** The wire format of the surface on which it came. */
  readonly surface: string;
  /** The features without which the answer would not be what was asked for. */
  readonly needs: ReadonlySet<Feature>;
  /** What only the surface's own format can say, as the caller spelt it. Offers in another format cannot fill it. */
  readonly bonds: readonly string[];
  /** An estimate. */
  readonly inputTokens: number;
  /** The caller's own cap on one answer; absent when it named none. */
  readonly outputTokensMax?: number;
  /** What the caller wishes about who fills it. */
  readonly preferences?: Preferences;
  /** 32 bits, the same for all turns of a conversation whose prompt somebody may have cached; absent when there is nothing to be cached. */
  readonly affinity?: number;
  /** 32 bits, evenly spread over requests and the same for the same one: all the chance there is in a decision. */
  readonly draw: number;
  /** Suppliers that have just failed this very request: used only when nobody else can. */
  readonly avoid: ReadonlySet<string>;
  /** Suppliers that were tried on this run: not tried again. */
  readonly tried?: ReadonlySet<string>;
}
