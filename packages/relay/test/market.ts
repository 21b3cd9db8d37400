/** A relay between a real ledger and a real supplier, for one test. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Dialect, dialects } from "@interchange/dialects";
import { FEATURES, type InferenceRequest, type SupplierFailure } from "@interchange/inference";
import { type Ledger, openLedger, type Receipt } from "@interchange/ledger";
import { type Supplier as Simulator, startSupplier } from "@interchange/supplier-sim";
import { onTestFinished } from "vitest";
import {
  createRelay,
  type Outcome,
  openSupplier,
  type Patience,
  type Relay,
  type RelayOptions,
  type Run,
  type Supplier,
  type Teller,
} from "../src/index.ts";

export type Format = keyof typeof dialects;

export const FORMATS = Object.keys(dialects) as Format[];

export const INPUT_TOKENS = 30;
export const HELD = 1_000;
export const HOLD_LIFE_MS = 60_000;
export const DEPOSITED = 100_000;

export interface Market {
  readonly accountId: string;
  readonly ledger: Ledger;
  readonly relay: Relay;
  /** How each try went, as the relay told it. */
  readonly tried: (SupplierFailure | undefined)[];
  /** Holds, and runs the request that the caller would have asked. */
  run(format: Format, supplier: Supplier, asked?: Asked): Promise<{ requestId: string; outcome: Outcome }>;
  /** The same before it is run. */
  hold(format: Format, supplier: Supplier, asked?: Asked, lifeMs?: number): Promise<Run>;
  receipt(requestId: string): Promise<Receipt>;
  /** What is left to be spent. */
  available(): Promise<number>;
}

export interface Asked {
  /** Directives for the simulator. */
  readonly sim?: string;
  readonly stream?: boolean;
  readonly signal?: AbortSignal;
  readonly surface?: Partial<Run["surface"]>;
  readonly dialect?: Partial<Supplier["dialect"]>;
  /** More of the request's body. */
  readonly body?: Readonly<Record<string, unknown>>;
}

export interface MarketOptions extends Partial<RelayOptions> {
  /** What the relay sees of the ledger. */
  readonly seen?: (ledger: Ledger) => RelayOptions["ledger"];
}

export async function openMarket({ seen, ...options }: MarketOptions = {}): Promise<Market> {
  const clock = options.clock ?? Date.now;
  const ledger = await openLedger({ file: ":memory:", clock });
  onTestFinished(() => ledger.close());
  const { id: accountId } = await ledger.openAccount({ name: "Relay" });
  await ledger.deposit({ accountId, instrument: "text", tokens: DEPOSITED, costMicros: DEPOSITED });
  const tried: (SupplierFailure | undefined)[] = [];
  const relay = createRelay({
    ledger: seen?.(ledger) ?? ledger,
    clock,
    holdLifeMs: HOLD_LIFE_MS,
    onTried: (_, failure) => void tried.push(failure),
    ...options,
  });
  onTestFinished(() => relay.close());
  let count = 0;
  const hold = async (format: Format, supplier: Supplier, asked: Asked = {}, lifeMs = HOLD_LIFE_MS): Promise<Run> => {
    const requestId = `req_${++count}`;
    const expiresAtMs = clock() + lifeMs;
    await ledger.hold({ requestId, accountId, instrument: "text", tokens: HELD, expiresAtMs, model: "as held" });
    return {
      requestId,
      request: requestOf(format, asked),
      instrument: "text",
      supplier: { ...supplier, dialect: { ...supplier.dialect, ...asked.dialect } },
      model: "sim-text",
      features: new Set(FEATURES),
      inputTokens: INPUT_TOKENS,
      surface: { ...(dialects[format] as Dialect).surface, ...asked.surface } as Run["surface"],
      signal: asked.signal ?? new AbortController().signal,
    };
  };
  return {
    accountId,
    ledger,
    relay,
    tried,
    hold,
    async run(format, supplier, asked) {
      const run = await hold(format, supplier, asked);
      return { requestId: run.requestId, outcome: await relay(run) };
    },
    receipt: async (requestId) => (await ledger.receipt(requestId)) as Receipt,
    available: async () => (await ledger.balance(accountId, "text")).available,
  };
}

function requestOf(format: Format, { sim = "", stream = false, body: more = {} }: Asked): InferenceRequest {
  const messages = [{ role: "user", content: `Hello [[sim ${sim}]]` }];
  // So that the last thing told is the usage, on either surface.
  const options = format === "chat-completions" && stream ? { stream_options: { include_usage: true } } : {};
  const body = { model: "text", max_tokens: 500, stream, messages, ...options, ...more };
  return (dialects[format] as Dialect).surface.readRequest(body as never);
}

const PATIENCE: Patience = { connectMs: 1_000, firstByteMs: 500, idleMs: 500, totalMs: 900 };

export function supplierAt(
  format: Format,
  baseUrl: string,
  credential?: string,
  patience: Partial<Patience> = {},
): Supplier {
  const supplier = openSupplier({
    name: "sim",
    baseUrl,
    dialect: dialects[format].supplier,
    patience: { ...PATIENCE, ...patience },
    ...(credential === undefined ? {} : { credential }),
  });
  onTestFinished(() => supplier.pool.destroy());
  return supplier;
}

export async function openSimulator(format: Format): Promise<{ simulator: Simulator; supplier: Supplier }> {
  const simulator = await startSupplier();
  onTestFinished(() => simulator.close());
  return { simulator, supplier: supplierAt(format, simulator.url) };
}

/** A supplier that answers everything in one way, for what no decent one would say. */
export async function openOddity(
  format: Format,
  answer: (req: IncomingMessage, res: ServerResponse) => void,
  patience: Partial<Patience> = {},
): Promise<Supplier> {
  const server = createServer((req, res) => {
    req.resume().once("end", () => answer(req, res));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return supplierAt(format, `http://127.0.0.1:${(server.address() as AddressInfo).port}`, undefined, patience);
}

export interface Hearing {
  /** What was told so far, in the surface's own form; a comment is its text. */
  readonly events: readonly unknown[];
  /** Records that were passed on as they came. */
  readonly passed: number;
  /** How often something was sent. */
  readonly sent: number;
  /** All of the events, once all is told. Rejects where the teller fails. */
  readonly all: Promise<readonly unknown[]>;
}

export interface HearingOptions {
  /** Whether there is room for more, asked after each sending. */
  readonly hasRoom?: (events: readonly unknown[]) => boolean;
  readonly onSent?: (events: readonly unknown[]) => void;
}

/** Begins to hear the events of an outcome, as a response would. */
export function hear(outcome: Outcome, { hasRoom = () => true, onSent }: HearingOptions = {}): Hearing {
  const events: unknown[] = [];
  const hearing = { events, passed: 0, sent: 0, all: Promise.resolve<readonly unknown[]>([]) };
  const { promise, resolve, reject } = Promise.withResolvers<readonly unknown[]>();
  const send = (): boolean => {
    hearing.sent += 1;
    onSent?.(events);
    return hasRoom(events);
  };
  // A test that is about something else may never look at it.
  promise.catch(() => undefined);
  tellerOf(outcome).start({
    put: (event) => void events.push(event),
    pass(records) {
      const found = readRecords(records);
      hearing.passed += found.length;
      events.push(...found);
    },
    flush: send,
    end() {
      send();
      resolve(events);
    },
    fail: reject,
  });
  return Object.assign(hearing, { all: promise });
}

export function tellerOf(outcome: Outcome): Teller {
  if (outcome.kind !== "events") throw new Error(`expected events, got ${JSON.stringify(outcome)}`);
  return outcome.events;
}

function readRecords(bytes: Uint8Array): unknown[] {
  const texts = Buffer.from(bytes).toString("utf8").split("\n\n").slice(0, -1);
  return texts.map((text) => (text.startsWith(":") ? text : JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? "")));
}

/** Hears the events of an outcome to their end. */
export function readAll(outcome: Outcome): Promise<readonly unknown[]> {
  return hear(outcome).all;
}
