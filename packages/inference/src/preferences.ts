/** What a caller wishes about who fills its request, as any surface may say it. */

/** Each is absent when nothing was said of it. Suppliers are named as the caller spelt them. */
export interface Preferences {
  /** Who is to be tried first, in this order. */
  readonly order?: readonly string[];
  /** The only ones that may fill it. */
  readonly only?: readonly string[];
  /** Who may not fill it. */
  readonly ignore?: readonly string[];
  /** Whether another may be tried after the first; true unless said. */
  readonly allowFallbacks?: boolean;
  /** What counts among those that qualify; `price` unless said. */
  readonly sort?: "price" | "throughput" | "latency";
  /** The most that a supplier may ask, in micro-dollars for a Unit of 1,000,000 tokens of input or output. */
  readonly maxPriceMicros?: number;
  /** `deny`: only those that are known to keep nothing of what they are sent; `allow` unless said. */
  readonly dataCollection?: "allow" | "deny";
}
