/** A market in one process for tests: a real gateway, real suppliers, an account with tokens, and eyes on all of it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Config, DEFAULT_TIMEOUTS, FORMATS, type Format, readConfig, type SupplierRow } from "@interchange/config";
import * as chatCompletions from "@interchange/contract/chat-completions";
import * as messages from "@interchange/contract/messages";
import * as platform from "@interchange/contract/platform";
import type { Quirks } from "@interchange/dialects";
import { FEATURES, type Feature } from "@interchange/inference";
import { type Balance, type Ledger, openLedger, type Receipt, type ReceiptStatus } from "@interchange/ledger";
import { createHealth, type Health } from "@interchange/routing";
import type { AnyResponse, Route } from "@interchange/stubs";
import { type Settings, type Supplier, startSupplier } from "@interchange/supplier-sim";
import { TICKET_LIFE_MS } from "@interchange/ticket";
import { pino } from "pino";
import type { Payments } from "../src/buying/index.ts";
import { type Gateway, startGateway } from "../src/gateway.ts";
import type { Api } from "../src/surface.ts";
import { undocumentedHeaders } from "./documented-headers.ts";

export const INSTRUMENT = "text-max";

/** The format that a surface is not of. */
export const OTHER: Readonly<Record<Format, Format>> = {
  messages: "chat-completions",
  "chat-completions": "messages",
};

const DEPOSIT = 50_000_000;

export interface Rig {
  readonly gateway: Gateway;
  readonly url: string;
  readonly suppliers: readonly Supplier[];
  readonly supplier: Supplier;
  readonly accountId: string;
  /** A Consumption key of the funded account. */
  readonly key: string;
  /** An operator key. */
  readonly operatorKey: string;
  /** Everything the gateway logged, as text. */
  readonly log: () => string;
  /** Answers that were not in contract, by operation; empty when all is well. */
  readonly outOfContract: readonly string[];
  /** Moves the gateway's clock on. */
  later(ms: number): void;
  /** What the gateway's clock says. */
  nowMs(): number;
  balance(instrument?: string): Promise<Balance>;
  receipt(requestId: string): Promise<Receipt | undefined>;
  /**
   * Closes the gateway, reads its books again from the disk, and throws where a token is missing or still held, or where
   * an answer was not in contract.
   */
  close(): Promise<void>;
}

export interface RigOptions {
  /** One for each supplier, the first being the cheapest. One supplier with default settings unless said. */
  readonly suppliers?: readonly Partial<Settings>[];
  readonly config?: Partial<Config>;
  readonly dialects?: readonly Format[];
  /** Of every supplier: what it does not offer, and in what it differs from its format. */
  readonly lacks?: readonly Feature[];
  readonly quirks?: Quirks;
  readonly dataDir?: string;
  /** Of every supplier. */
  readonly timeouts?: Partial<SupplierRow["timeouts"]>;
  /** How long a closing gateway waits for whoever was redirected last. Nobody is, unless said. */
  readonly followMs?: number;
  readonly payments?: Payments;
  /** Why a run may have lost its hold, which is a fault of the books wherever nothing is said. */
  readonly holdsLost?: string;
  /** How long the minute is in which limits count. */
  readonly limitWindowMs?: number;
  /** Whether suppliers that fail are left alone for a while. Not unless said: most rigs break theirs on purpose, all at once. */
  readonly breakers?: boolean;
}

export async function startRig(options: RigOptions = {}): Promise<Rig> {
  const suppliers = await Promise.all((options.suppliers ?? [{}]).map((config) => startSupplier({ config })));
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), "interchange-test-"));
  let shiftMs = 0;
  const lines: string[] = [];
  const outOfContract: string[] = [];
  const nowMs = (): number => Date.now() + shiftMs;
  const gateway = await startGateway(configOf(dataDir, suppliers, options), {
    clock: nowMs,
    log: pino({ level: "debug" }, { write: (line) => void lines.push(line) }),
    inspect: (surface, route, response) => outOfContract.push(...faultsOf(surface, route, response)),
    followMs: options.followMs ?? 0,
    health: options.breakers === true ? createHealth() : forgiving(createHealth()),
    ...(options.payments === undefined ? {} : { payments: options.payments }),
    ...(options.limitWindowMs === undefined ? {} : { limitWindowMs: options.limitWindowMs }),
  });
  const { ledger } = gateway.engine;
  const { id: accountId } = await ledger.openAccount({ id: "acc_test", name: "Test" });
  await ledger.deposit({ accountId, instrument: INSTRUMENT, tokens: DEPOSIT, costMicros: DEPOSIT, reference: "test" });
  const { secret: key } = await ledger.createKey({ accountId, role: "consumption" });
  const { secret: operatorKey } = await ledger.createKey({ accountId, role: "operator" });
  return {
    gateway,
    url: gateway.url,
    suppliers,
    supplier: suppliers[0] as Supplier,
    accountId,
    key,
    operatorKey,
    log: () => lines.join(""),
    outOfContract,
    later: (ms) => {
      shiftMs += ms;
    },
    nowMs,
    balance: (instrument = INSTRUMENT) => ledger.balance(accountId, instrument),
    receipt: (requestId) => ledger.receipt(requestId),
    async close() {
      await gateway.close();
      await Promise.all(suppliers.map((supplier) => supplier.close()));
      const faults = await faultsOfBooks(dataDir, nowMs(), options.holdsLost);
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
      if (faults.length > 0) throw new Error(`the books do not add up:\n${faults.join("\n")}`);
      if (outOfContract.length > 0) throw new Error(`answers were not in contract:\n${outOfContract.join("\n")}`);
    },
  };
}

/** Health that never hears of a failure. */
function forgiving(health: Health): Health {
  return {
    ...health,
    begin(standing, nowMs) {
      const attempt = health.begin(standing, nowMs);
      return {
        isProbe: attempt.isProbe,
        answered: (_, atMs) => attempt.left(atMs),
        failed: (_, atMs) => attempt.left(atMs),
        left: (atMs) => attempt.left(atMs),
      };
    },
  };
}

/**
 * Holds the books that a closed gateway left against the law of money: nothing is held but for redirects that nobody
 * followed, every receipt of what ran is settled or given back, every token deposited is available, used or lapsed, what
 * was used was drawn from lots, and the journal, which adds up to nothing, says so too.
 */
export async function faultsOfBooks(dataDir: string, nowMs: number, holdsLost?: string): Promise<string[]> {
  let atMs = nowMs;
  const ledger = await openLedger({ file: join(dataDir, "ledger.db"), clock: () => atMs });
  try {
    const runs = await faultsOfRuns(ledger, holdsLost);
    // What was redeemed or ran inline is held for longer than a ticket lives, so that this does not hide it.
    atMs = nowMs + TICKET_LIFE_MS + 1;
    await ledger.expire(atMs);
    const { deposited, available, used, lapsed, held, movementsSum } = await ledger.totals();
    const discrepancies = await ledger.audit();
    return [
      ...runs,
      ...(movementsSum === 0 ? [] : [`all movements add up to ${movementsSum}`]),
      ...(held === 0 ? [] : [`${held} tokens are held for requests that were run and never settled`]),
      ...(available + used + lapsed === deposited
        ? []
        : [`${deposited} deposited, but ${available} available, ${used} used and ${lapsed} lapsed`]),
      ...discrepancies.map(({ where, kept, derived }) => `${where}: ${kept} is kept, ${derived} is derived`),
    ];
  } finally {
    await ledger.close();
  }
}

/** Requests that ran and were neither settled nor given back, now or before their hold's life was over. */
async function faultsOfRuns(ledger: Ledger, holdsLost: string | undefined): Promise<string[]> {
  const open = await receiptsOf(ledger, "pending");
  const lost = holdsLost === undefined ? await receiptsOf(ledger, "error") : [];
  return [
    ...open.filter(hasRun).map(({ requestId }) => `${requestId} ran, and its receipt is still pending`),
    ...lost
      .filter((receipt) => hasRun(receipt) && receipt.reason === "expired")
      .map(({ requestId }) => `${requestId} ran, and its hold was left to expire`),
  ];
}

function hasRun({ redeemedAtMs }: Receipt): boolean {
  return redeemedAtMs !== undefined;
}

async function receiptsOf(ledger: Ledger, status: ReceiptStatus): Promise<readonly Receipt[]> {
  const found: Receipt[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await ledger.receipts({ status }, { limit: 100, ...(cursor === undefined ? {} : { cursor }) });
    found.push(...page.data);
    cursor = page.nextCursor;
    if (cursor === undefined) return found;
  }
}

const CATALOGUE_CONFIG = readConfig({ env: {}, cwd: tmpdir() });

function configOf(dataDir: string, suppliers: readonly Supplier[], options: RigOptions): Config {
  if (CATALOGUE_CONFIG.kind !== "demo") throw new Error("expected no configuration");
  const base = CATALOGUE_CONFIG.config;
  const dialects = options.dialects ?? FORMATS;
  return {
    ...base,
    port: 0,
    dataDir,
    suppliers: suppliers.map((supplier, index) => ({
      name: `sim-${index}`,
      baseUrl: supplier.url,
      dialects,
      ...(options.quirks === undefined ? {} : { quirks: options.quirks }),
      timeouts: { ...DEFAULT_TIMEOUTS, firstByteMs: 2_000, idleMs: 2_000, ...options.timeouts },
      offers: dialects.flatMap((dialect) =>
        base.instruments.map((instrument) => ({
          supplier: `sim-${index}`,
          dialect,
          instrument: instrument.name,
          model: `sim-model-${index}`,
          askMicros: 1_000 * (index + 1),
          features: FEATURES,
          ...(options.lacks === undefined ? {} : { lacks: options.lacks }),
          delivery: "relay" as const,
        })),
      ),
    })),
    ...options.config,
  };
}

const VALIDATORS: Readonly<Record<string, unknown>> = {
  "chat-completions": chatCompletions.validators,
  messages: messages.validators,
  platform: platform.validators,
};

type Checks = Readonly<Record<string, { responses: Readonly<Record<string, (value: unknown) => boolean>> }>>;

/** Holds one of our own answers against the document: a status that it knows, headers that it names, a body that it allows. */
export function faultsOf(surface: Api, route: Route, response: AnyResponse): string[] {
  const { operationId } = route;
  const { status, headers = {}, body } = response;
  const where = `${surface.name} ${operationId} ${status}`;
  if (!route.statuses.includes(status)) return [`${where}: the document knows no such status`];
  const unknown = undocumentedHeaders(surface.document, operationId, status, headers);
  const faults = unknown.map((name) => `${where}: the document knows no header ${name}`);
  if (body === undefined) return faults;
  const checks = VALIDATORS[surface.name] as Checks;
  const check = checks[operationId]?.responses[String(status)];
  return check === undefined || check(body) ? faults : [...faults, `${where}: ${JSON.stringify(body)}`];
}

/** What one caller asks, on either surface, in the plainest form. */
export interface Question {
  readonly path: string;
  readonly keyHeader: (key: string) => Record<string, string>;
  readonly body: (extra?: Record<string, unknown>) => Record<string, unknown>;
}

/** One row for each surface: the same question asked. */
export const QUESTIONS: Readonly<Record<Format, Question>> = {
  "chat-completions": {
    path: "/v1/chat/completions",
    keyHeader: (key) => ({ authorization: `Bearer ${key}` }),
    body: (extra = {}) => ({ model: INSTRUMENT, messages: [{ role: "user", content: "Hello there" }], ...extra }),
  },
  messages: {
    path: "/v1/messages",
    keyHeader: (key) => ({ "x-api-key": key }),
    body: (extra = {}) => ({
      model: INSTRUMENT,
      max_tokens: 200,
      messages: [{ role: "user", content: "Hello there" }],
      ...extra,
    }),
  },
};

export interface AskOptions {
  /** Put before the path: empty for the first leg, `/inline` for one leg. */
  readonly base?: string;
  readonly key?: string | null;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly redirect?: "follow" | "manual";
  readonly signal?: AbortSignal;
}

/** Asks with node's own fetch, which follows the redirect unless told otherwise. */
export function ask(rig: Rig, surface: Format, options: AskOptions = {}): Promise<Response> {
  const question = QUESTIONS[surface];
  const { base = "", key = rig.key, body = question.body(), redirect = "follow", signal } = options;
  return fetch(`${rig.url}${base}${question.path}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(key === null ? {} : question.keyHeader(key)),
      ...options.headers,
    },
    body: typeof body === "string" || body instanceof Uint8Array ? (body as string) : JSON.stringify(body),
    redirect,
    ...(signal === undefined ? {} : { signal }),
  });
}
