/** A place: one account's tokens of one instrument. */
export interface Place {
  readonly accountId: string;
  /** The canonical name. */
  readonly instrument: string;
}

/** The same text for the same place. */
export function keyOf({ accountId, instrument }: Place): string {
  return `${instrument}\n${accountId}`;
}
