/** The port through which accounts are charged for credits. A payment provider stands behind it, or nobody. */

export interface Charge {
  readonly accountId: string;
  readonly amountMicros: number;
  /** The id of the reload: the same reference is the same charge, however often it is asked for. */
  readonly reference: string;
}

/**
 * `payment` is what the provider calls it. `problem` is why it was declined, in words that the account may read; nothing
 * was charged then.
 */
export type ChargeOutcome =
  | { readonly kind: "paid"; readonly payment: string }
  | { readonly kind: "declined"; readonly problem: string };

export interface Payments {
  /**
   * Whether what it charges is owed to the operator, who has yet to collect it. Then an operator alone says how much may
   * be charged; where it is collected at once, the account does.
   */
  readonly owed: boolean;
  /**
   * Charges once per reference, and answers the same when it is asked again, even by two gateways at once. What it throws leaves open whether anything
   * was charged: it is asked again with the same reference until it answers.
   */
  charge(charge: Charge): Promise<ChargeOutcome>;
}

/** Nobody is charged at once: the reload is an invoice, which the operator collects by other means. */
export const invoices: Payments = {
  owed: true,
  charge: async ({ reference }) => ({ kind: "paid", payment: `invoice ${reference}` }),
};
