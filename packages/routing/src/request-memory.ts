/** Request memory: which suppliers have just failed the very same request of the same key. */

export interface RequestMemory {
  /** `bodyDigest` is any faithful digest of the body, the same for the same bytes. */
  noteFailure(keyId: string, bodyDigest: string, supplier: string, nowMs: number): void;
  /** The suppliers that a retry of this request avoids; empty when it is no retry. */
  avoid(keyId: string, bodyDigest: string, nowMs: number): ReadonlySet<string>;
  /** How many requests are remembered. */
  readonly size: number;
}

export interface RequestMemoryOptions {
  /** How long after its last failure a request counts as the same one. 10 s unless said. */
  readonly windowMs?: number;
  /** The request that failed longest ago is forgotten beyond so many. 10,000 unless said. */
  readonly entriesMax?: number;
}

interface Failed {
  readonly suppliers: ReadonlySet<string>;
  readonly untilMs: number;
}

const NOBODY: ReadonlySet<string> = new Set();

/** An empty memory. */
export function createRequestMemory(options: RequestMemoryOptions = {}): RequestMemory {
  const { windowMs = 10_000, entriesMax = 10_000 } = options;
  const requests = new Map<string, Failed>();

  function failedOf(key: string, nowMs: number): ReadonlySet<string> {
    const failed = requests.get(key);
    return failed !== undefined && nowMs < failed.untilMs ? failed.suppliers : NOBODY;
  }

  return {
    noteFailure(keyId, bodyDigest, supplier, nowMs) {
      const key = keyOf(keyId, bodyDigest);
      const suppliers = new Set([...failedOf(key, nowMs), supplier]);
      requests.delete(key);
      requests.set(key, { suppliers, untilMs: nowMs + windowMs });
      if (requests.size > entriesMax) requests.delete(requests.keys().next().value as string);
    },
    avoid: (keyId, bodyDigest, nowMs) => (requests.size === 0 ? NOBODY : failedOf(keyOf(keyId, bodyDigest), nowMs)),
    get size() {
      return requests.size;
    },
  };
}

function keyOf(keyId: string, bodyDigest: string): string {
  return `${keyId}\n${bodyDigest}`;
}
