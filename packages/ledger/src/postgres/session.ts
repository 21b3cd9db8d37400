/** A session: one connection to the database, set up as the ledger needs it, that is over when anything is wrong with it. */

import { once } from "node:events";
import { Client, type ClientConfig } from "pg";
import type { Row, Statement } from "../transactions/statement.ts";
import { type Answered, Batch, type Known } from "./batch.ts";
import { VALUE_TYPES } from "./values.ts";

export type SessionOptions = {
  url: string;
  /** What the session is for, as an operator sees it in `pg_stat_activity`. */
  role: "migration" | "writer" | "reader" | "watch";
  /** The schema that the tables stand in. */
  schema: string;
  /** How long statements that are sent together may take; then the session is over. */
  timeoutMs: number;
};

export type Session = {
  /**
   * Sends statements in one go; gives the rows of each. When one is refused, so are those behind it. With `COMMIT` the
   * transaction is committed in the same go, unless a statement was refused: then it is rolled back.
   */
  run(statements: readonly Statement[], end?: "COMMIT"): Promise<Row[][]>;
  /** Runs commands of the engine's own, which have no values: one, or several that are separated by semicolons. Gives the tag of the last. */
  command(text: string): Promise<string>;
  /** What was notified to this session. */
  onNotification(listener: (payload: string) => void): void;
  isOver(): boolean;
  /** Resolves when the session is over, with the reason. */
  over: Promise<Error>;
  /** Ends a session that is no longer believed in, whatever it is at. */
  abandon(reason: Error): void;
  /** Ends a session that is at nothing. */
  close(): Promise<void>;
  /** Whether the session keeps the process alive; it does until it is told not to. */
  ref(): void;
  unref(): void;
};

const CONNECT_TIMEOUT_MAX_MS = 5_000;

/** How long the other end may take to hang up too. */
const GOODBYE_MS = 1_000;

/** How long the other end may be silent before the kernel asks whether it is still there. */
const KEEP_ALIVE_MS = 10_000;

/** Rejects when there is no connection to be had in five seconds. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const client = new Client(configOf(options));
  const session = sessionOver(client, options.timeoutMs);
  try {
    await client.connect();
    await session.command(settingsOf(client, options));
    return session;
  } catch (error) {
    session.abandon(error as Error);
    throw error;
  }
}

function configOf({ url, role, timeoutMs }: SessionOptions): ClientConfig {
  return {
    connectionString: url,
    application_name: `interchange ${role}`,
    types: VALUE_TYPES as NonNullable<ClientConfig["types"]>,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    connectionTimeoutMillis: Math.min(timeoutMs, CONNECT_TIMEOUT_MAX_MS),
  };
}

/**
 * Who writes looks for what is given, hundreds of rows at most, by a key, and never through a table. The plan of a prepared
 * statement is kept: one made when the tables were nearly empty would read all of them until somebody analyzes.
 * An index that has all that is asked for would be read from one end to the other instead of the table.
 * Where a few rows are given, a plan for just so many seems cheaper than the one that is kept, and would be made each time.
 * https://www.postgresql.org/docs/18/runtime-config-query.html#RUNTIME-CONFIG-QUERY-ENABLE
 */
const BY_KEY = `
    SET enable_seqscan TO off; SET enable_indexonlyscan TO off; SET enable_material TO off;
    SET enable_hashjoin TO off; SET enable_mergejoin TO off;
    SET plan_cache_mode TO force_generic_plan;`;

/**
 * The server gives a statement up before the session is given up. A commit is on disk when it is answered, here and wherever the server waits for more than that. A transaction whose gateway
 * has gone away gives its locks back. Plans for many rows at once are misjudged by the compiler of expressions.
 */
function settingsOf(client: Client, { role, schema, timeoutMs }: SessionOptions): string {
  return `
    ${role === "writer" ? BY_KEY : ""}
    SET search_path TO ${client.escapeIdentifier(schema)};
    SET statement_timeout TO ${Math.ceil(0.9 * timeoutMs)};
    SET idle_in_transaction_session_timeout TO ${2 * timeoutMs};
    SET default_transaction_read_only TO off;
    SET jit TO off;
    SELECT set_config('synchronous_commit', 'on', false)
      WHERE current_setting('synchronous_commit') IN ('off', 'local')`;
}

function sessionOver(client: Client, timeoutMs: number): Session {
  const end = endOf(client);
  const known: Known = new Map();
  /** The driver's own timeout is one for each statement; here they are sent, and waited for, together. */
  const inTime = async <T>(work: Promise<T>): Promise<T> => {
    const timer = setTimeout(() => end.abandon(new Error(`no answer in ${timeoutMs} ms`)), timeoutMs);
    try {
      return await work;
    } finally {
      clearTimeout(timer);
    }
  };
  // The driver has both, its types have neither.
  const socket = client as Client & { ref(): void; unref(): void };

  return {
    ...end,
    run: (statements, end) => inTime(send(client, known, statements, end)),
    command: async (text) => tagOf(await inTime(client.query(text))),
    onNotification: (listener) => client.on("notification", ({ payload }) => listener(payload ?? "")),
    ref: () => socket.ref(),
    unref: () => socket.unref(),
  };
}

/** The end of a session, whoever brings it about. */
function endOf(client: Client): Pick<Session, "isOver" | "over" | "abandon" | "close"> {
  const { promise: over, resolve } = Promise.withResolvers<Error>();
  let isOver = false;
  const note = (reason: Error): void => {
    isOver = true;
    resolve(reason);
  };
  client.on("error", note);
  client.on("end", () => note(new Error("the connection has ended")));

  return {
    isOver: () => isOver,
    over,
    abandon: (reason) => {
      note(reason);
      client.connection.stream.destroy();
    },
    close: async () => {
      const { stream } = client.connection;
      note(new Error("the session was closed"));
      if (stream.closed) return;
      const closed = once(stream, "close");
      const timer = setTimeout(() => stream.destroy(), GOODBYE_MS);
      client.end().catch(() => stream.destroy());
      await closed;
      clearTimeout(timer);
    },
  };
}

async function send(client: Client, known: Known, statements: readonly Statement[], end?: "COMMIT"): Promise<Row[][]> {
  const last = end === undefined ? [] : [{ text: end, values: [] }];
  const answers = await client.query(new Batch([...statements, ...last], known)).answers;
  if (end !== undefined) requireCommitted((answers.pop() as Answered).tag);
  return answers.map(({ rows }) => rows);
}

/** A transaction in which something failed says so only here, in the one word. */
export function requireCommitted(tag: string): void {
  if (tag !== "COMMIT") throw new Error(`the database ended a transaction with ${tag}`);
}

function tagOf(result: { command: string } | { command: string }[]): string {
  const last = Array.isArray(result) ? result.at(-1) : result;
  return last?.command ?? "";
}
