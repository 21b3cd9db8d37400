/** The limit: the rows of a hold and its settlement written to a bare PostgreSQL, in groups, a statement for each table, by as many connections as gateways have. */
import { Client } from "pg";
import type { Came } from "./load.ts";

const SCHEMA = `
  CREATE SCHEMA bare; SET search_path TO bare;
  CREATE TABLE hold (
    request_id TEXT PRIMARY KEY, account_id TEXT, instrument TEXT, key_id TEXT, surface TEXT, tokens BIGINT, state TEXT,
    created_at_ms BIGINT, expires_at_ms BIGINT, resolved_at_ms BIGINT, supplier TEXT, model TEXT,
    tokens_used BIGINT, cost_micros BIGINT, usage TEXT, timing TEXT
  );
  CREATE INDEX open_hold ON hold (expires_at_ms) WHERE resolved_at_ms IS NULL;
  CREATE INDEX open_hold_by_place ON hold (account_id, instrument, created_at_ms) WHERE resolved_at_ms IS NULL;
  CREATE INDEX hold_by_account ON hold (account_id, request_id);
  CREATE TABLE movement (
    movement_number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, movement TEXT, reference TEXT, account_id TEXT, instrument TEXT,
    available BIGINT, held BIGINT, used BIGINT, at_ms BIGINT
  );
  CREATE INDEX movement_by_account ON movement (account_id, movement_number);
  CREATE TABLE draw (request_id TEXT, draw_number INTEGER, lot_id TEXT, tokens BIGINT, cost_micros BIGINT, PRIMARY KEY (request_id, draw_number));
  CREATE TABLE balance (account_id TEXT PRIMARY KEY, available BIGINT, held BIGINT, used BIGINT)`;

const GIVEN = "unnest($1::text[], $2::text[]) AS given (request_id, account_id)";

const HOLDING = [
  `INSERT INTO hold SELECT request_id, account_id, 'text-prime', 'k', 'messages', 4096, 'held', 1, 1, NULL, 'sim', 'sim-model', 0, 0, NULL, NULL FROM ${GIVEN}`,
  `INSERT INTO movement (movement, reference, account_id, instrument, available, held, used, at_ms)
   SELECT 'hold', request_id, account_id, 'text-prime', -4096, 4096, 0, 1 FROM ${GIVEN}`,
  `UPDATE balance SET available = available - sums.many * 4096, held = held + sums.many * 4096
   FROM (SELECT account_id, COUNT(*) AS many FROM ${GIVEN} GROUP BY account_id) AS sums WHERE balance.account_id = sums.account_id`,
];

const SETTLING = [
  `UPDATE hold SET state = 'settled', resolved_at_ms = 2, tokens_used = 1234, cost_micros = 1, usage = '{"input":1000,"output":234}', timing = '{"sentAtMs":1}'
   FROM ${GIVEN} WHERE hold.request_id = given.request_id`,
  `INSERT INTO movement (movement, reference, account_id, instrument, available, held, used, at_ms)
   SELECT 'settle', request_id, account_id, 'text-prime', 2862, -4096, 1234, 1 FROM ${GIVEN}`,
  `INSERT INTO draw SELECT request_id, 1, 'lot_00000000000000000000', 1234, 1 FROM ${GIVEN}`,
  `UPDATE balance SET available = available + sums.many * 2862, held = held - sums.many * 4096
   FROM (SELECT account_id, COUNT(*) AS many FROM ${GIVEN} GROUP BY account_id) AS sums WHERE balance.account_id = sums.account_id`,
];

interface Bare {
  readonly accounts: number;
  readonly group: number;
  readonly seconds: number;
  readonly connections: number;
}

/** Each connection has accounts of its own: none waits for another. */
export async function barePostgres(url: string, { accounts, group, seconds, connections }: Bare): Promise<Came> {
  const clients = await Promise.all(Array.from({ length: connections }, () => connect(url)));
  await prepare(clients[0] as Client, accounts);
  const startMs = performance.now();
  const untilMs = startMs + seconds * 1_000;
  const before = process.cpuUsage();
  const share = Math.floor(accounts / connections);
  const pairs = await Promise.all(clients.map((client, place) => press(client, { place, share, group, untilMs })));
  const spent = process.cpuUsage(before);
  const took = (performance.now() - startMs) / 1_000;
  await Promise.all(clients.map((client) => client.end()));
  return { pairs: pairs.reduce((sum, one) => sum + one, 0), seconds: took, cpu: spent.user + spent.system, holdMs: [] };
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url, options: "-c search_path=bare", pipeline: true } as object);
  await client.connect();
  return client;
}

async function prepare(client: Client, accounts: number): Promise<void> {
  await client.query(SCHEMA);
  await client.query(`INSERT INTO balance SELECT 'bench-' || n, 0, 0, 0 FROM generate_series(0, ${accounts - 1}) AS n`);
}

interface Press {
  readonly place: number;
  readonly share: number;
  readonly group: number;
  readonly untilMs: number;
}

async function press(client: Client, { place, share, group, untilMs }: Press): Promise<number> {
  let pairs = 0;
  while (performance.now() < untilMs) {
    const ids = Array.from({ length: group }, () => `req_${String(pairs++).padStart(20, "0")}_bare_${place}`);
    const owners = ids.map((_, n) => `bench-${place * share + ((pairs + n) % share)}`);
    await commit(client, HOLDING, [ids, owners]);
    await commit(client, SETTLING, [ids, owners]);
  }
  return pairs;
}

/** All statements are sent before any is answered. */
async function commit(client: Client, texts: readonly string[], values: unknown[]): Promise<void> {
  const begun = client.query("BEGIN");
  const sent = texts.map((text) => client.query({ name: NAMES.get(text) as string, text, values }));
  await Promise.all([begun, ...sent, client.query("COMMIT")]);
}

/** What has a name is prepared once. */
const NAMES = new Map([...HOLDING, ...SETTLING].map((text, place) => [text, `bare_${place}`]));
