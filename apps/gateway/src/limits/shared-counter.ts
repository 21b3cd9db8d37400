/** A counter in a PostgreSQL that gateways share. */
import { Pool, type PoolConfig, types } from "pg";
import { RateLimiterPostgres } from "rate-limiter-flexible";
import { inBatches } from "./batches.ts";
import type { Counter } from "./counter.ts";
import { countOf } from "./memory-counter.ts";

export interface SharedCounterOptions {
  /** It has a password in it: never log it. */
  readonly url: string;
  /** The schema of the table. It must be there. */
  readonly schema: string;
  readonly windowMs: number;
}

export interface SharedCounter extends Counter {
  close(): Promise<void>;
}

/** A caller is waiting: whatever takes longer than this is as good as away. */
const PATIENCE_MS = 2_000;

const CONNECTIONS_MAX = 8;

const TABLE = "rate_limit";

/** Gateways that start at once wait for one another; the number means nothing and must not be another's. */
const CREATION_LOCK = 7_204_611_932;

/** Connects when it is first asked to count. */
export function openSharedCounter({ url, schema, windowMs }: SharedCounterOptions): SharedCounter {
  const pool = openPool(url);
  const limiter = new RateLimiterPostgres({
    storeClient: pool,
    storeType: "pool",
    schemaName: schema,
    tableName: TABLE,
    // Its own has 32 bits to count with, which many callers at once can overflow.
    tableCreated: true,
    points: 0,
    duration: windowMs / 1_000,
    keyPrefix: "",
  });
  const ready = again(() => pool.query(creationOf(schema)));
  const counter: SharedCounter = {
    add: inBatches(async (name, points) => {
      await ready();
      return countOf(await (points < 0 ? limiter.reward(name, -points) : limiter.penalty(name, points)), counter);
    }),
    async peek(name) {
      await ready();
      const found = await limiter.get(name);
      return found === null ? undefined : countOf(found, counter);
    },
    close: () => pool.end(),
  };
  return counter;
}

function openPool(url: string): Pool {
  const pool = new Pool({
    connectionString: url,
    application_name: "interchange limits",
    max: CONNECTIONS_MAX,
    connectionTimeoutMillis: PATIENCE_MS,
    query_timeout: PATIENCE_MS,
    keepAlive: true,
    allowExitOnIdle: true,
    // A count is no money: it need not be on disk when it is answered.
    options: "-c synchronous_commit=off",
    types: TYPES as NonNullable<PoolConfig["types"]>,
  });
  // An idle connection that is lost would end the process if nobody heard of it; the next one to count finds out by itself.
  pool.on("error", () => undefined);
  return pool;
}

type TypeId = (typeof types.builtins)[keyof typeof types.builtins];

/** Points and instants stay far below 2^53. */
const TYPES = {
  getTypeParser: (oid: TypeId, format?: "text"): unknown =>
    oid === types.builtins.INT8 ? Number : types.getTypeParser(oid, format),
};

/** Not logged ahead: what a crash forgets is a minute's count. The statements are one transaction, being sent as one. */
function creationOf(schema: string): string {
  const quoted = `"${schema.replaceAll('"', '""')}"`;
  return `
    SELECT pg_advisory_xact_lock(${CREATION_LOCK});
    CREATE UNLOGGED TABLE IF NOT EXISTS ${quoted}.${TABLE} (
      key TEXT PRIMARY KEY,
      points BIGINT NOT NULL,
      expire BIGINT
    )`;
}

/** Does it once; what has failed is tried again by the next who asks. */
function again(work: () => Promise<unknown>): () => Promise<unknown> {
  let done: Promise<unknown> | undefined;
  return () => {
    done ??= work().catch((error: unknown) => {
      done = undefined;
      throw error;
    });
    return done;
  };
}
