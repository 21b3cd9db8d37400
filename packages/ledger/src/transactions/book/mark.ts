/** A mark: for which request an account has used an idempotency key. */

export type Mark = {
  readonly accountId: string;
  readonly key: string;
  readonly bodyDigest: string;
  readonly requestId: string;
  readonly createdAtMs: number;
};

/** A mark that this set writes, and the one in the store that it takes the place of. */
export type MarkChange = { mark: Mark; instead: Mark | undefined };

export function markKey(accountId: string, key: string): string {
  return `${accountId}\0${key}`;
}
