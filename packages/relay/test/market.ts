/** A relay between a real ledger and a real supplier, for one test. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Dialect, dialects } from "@interchange/dialects";
import {
  type FailedAttempt,
  FEATURES,
  type InferenceRequest,
  type Refusal,
  type SupplierFailure,
} from "@interchange/inference";
import { type Ledger, openLedger, type Receipt } from "@interchange/ledger";
import { type Supplier as Simulator, startSupplier } from "@interchange/supplier-sim";
import { expect, onTestFinished } from "vitest";
import {
  type Attempt,
  createRelay,
  type Outcome,
  openSupplier,
  type Patience,
  type Relay,
  type RelayOptions,
  type Run,
  type Supplier,
  type Teller,
  type Tried,
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
  /** How each attempt ended, in that order. */
  readonly ended: Ended[];
  /** What of those that were not left they failed of; undefined for those that answered. */
  readonly tried: readonly (SupplierFailure | undefined)[];
  /** Holds, and runs the request that the caller would have asked. Suppliers are handed out in their order. */
  run(format: Format, suppliers: Suppliers, asked?: Asked): Promise<{ requestId: string; outcome: Outcome }>;
  /** The same before it is run. */
  hold(format: Format, suppliers: Suppliers, asked?: Asked, lifeMs?: number): Promise<Run>;
  receipt(requestId: string): Promise<Receipt>;
  /** What is left to be spent. */
  available(): Promise<number>;
}

export interface Ended {
  readonly supplier: string;
  readonly result: Tried;
}

export type Suppliers = Supplier | readonly Supplier[];

export interface Asked extends Partial<Pick<Run, "totalMs" | "firstByteMs" | "hedge">> {
  /** What each attempt has beside its supplier. */
  readonly attempt?: Partial<Attempt>;
  /** Called with what has failed, before anybody is handed out. */
  readonly onNext?: (failed: readonly FailedAttempt[]) => void;
  /** Called with how each attempt ended, once that is noted. */
  readonly onEnded?: (ended: Ended) => void;
  /** Directives for the simulator. */
  readonly sim?: string;
  readonly stream?: boolean;
  readonly signal?: AbortSignal;
  readonly surface?: Partial<Run["surface"]>;
  readonly dialect?: Partial<Supplier["dialect"]>;
  /** More of the request's body. */
  readonly body?: Readonly<Record<string, unknown>>;
}

export interface MarketOptions extends Partial<Omit<RelayOptions, "clock">> {
  /** What the relay sees of the ledger. */
  readonly seen?: (ledger: Ledger) => RelayOptions["ledger"];
  /** Whether no other test's holds may be in its ledger. */
  readonly alone?: boolean;
}

let shared: Promise<Ledger> | undefined;

/** One for nearly all tests, since to open one takes longer than most of them do. */
function sharedLedger(): Promise<Ledger> {
  shared ??= openLedger({ file: ":memory:" });
  return shared;
}

async function ownLedger(): Promise<Ledger> {
  const ledger = await openLedger({ file: ":memory:" });
  onTestFinished(() => ledger.close());
  return ledger;
}

/** Of all requests, whichever ledger they are in. */
let count = 0;

export async function openMarket({ seen, alone = false, ...options }: MarketOptions = {}): Promise<Market> {
  const ledger = await (alone ? ownLedger() : sharedLedger());
  const { id: accountId } = await ledger.openAccount({ name: "Relay" });
  await ledger.deposit({ accountId, instrument: "text", tokens: DEPOSITED, costMicros: DEPOSITED });
  const ended: Ended[] = [];
  const relay = createRelay({
    ledger: seen?.(ledger) ?? ledger,
    clock: Date.now,
    holdLifeMs: HOLD_LIFE_MS,
    ...options,
  });
  onTestFinished(() => relay.close());
  const hold = async (format: Format, suppliers: Suppliers, asked: Asked = {}, lifeMs = HOLD_LIFE_MS): Promise<Run> => {
    const requestId = `req_${++count}`;
    const expiresAtMs = Date.now() + lifeMs;
    await ledger.hold({ requestId, accountId, instrument: "text", tokens: HELD, expiresAtMs, model: "as held" });
    return {
      requestId,
      request: requestOf(format, asked),
      instrument: "text",
      inputTokens: INPUT_TOKENS,
      surface: { ...(dialects[format] as Dialect).surface, ...asked.surface } as Run["surface"],
      signal: asked.signal ?? new AbortController().signal,
      next: handingOut([suppliers].flat(), asked, ended),
      ...pick(asked, ["totalMs", "firstByteMs", "hedge"]),
    };
  };
  return {
    accountId,
    ledger,
    relay,
    ended,
    get tried() {
      return ended.flatMap(({ result }) =>
        result.kind === "left" ? [] : [result.kind === "answered" ? undefined : result.failure],
      );
    },
    hold,
    async run(format, suppliers, asked) {
      const run = await hold(format, suppliers, asked);
      return { requestId: run.requestId, outcome: await relay(run) };
    },
    receipt: async (requestId) => (await ledger.receipt(requestId)) as Receipt,
    available: async () => (await ledger.balance(accountId, "text")).available,
  };
}

/** What a router would do, but for any thought. */
function handingOut(suppliers: readonly Supplier[], asked: Asked, ended: Ended[]): Run["next"] {
  const left = [...suppliers];
  return (failed) => {
    asked.onNext?.(failed);
    const supplier = left.shift();
    if (supplier === undefined) return { kind: "nobody", refusal: NOBODY };
    const attempt: Attempt = {
      supplier: { ...supplier, dialect: { ...supplier.dialect, ...asked.dialect } },
      model: `${supplier.name}-text`,
      features: new Set(FEATURES),
      reason: "the next of them",
      ended(result) {
        ended.push({ supplier: supplier.name, result });
        asked.onEnded?.({ supplier: supplier.name, result });
      },
      ...asked.attempt,
    };
    return { kind: "attempt", attempt };
  };
}

export const NOBODY: Refusal = { kind: "nobody-eligible", instrument: "text", excluded: [] };

function pick<Key extends keyof Asked>(asked: Asked, keys: readonly Key[]): Pick<Asked, Key> {
  return Object.fromEntries(keys.filter((key) => key in asked).map((key) => [key, asked[key]])) as Pick<Asked, Key>;
}

function requestOf(format: Format, { sim = "", stream = false, body: more = {} }: Asked): InferenceRequest {
  const messages = [{ role: "user", content: `Hello [[sim ${sim}]]` }];
  // So that the last thing told is the usage, on either surface.
  const options = format === "chat-completions" && stream ? { stream_options: { include_usage: true } } : {};
  const body = { model: "text", max_tokens: 500, stream, messages, ...options, ...more };
  return (dialects[format] as Dialect).surface.readRequest(body as never);
}

const PATIENCE: Patience = { connectMs: 1_000, firstByteMs: 500, idleMs: 500, totalMs: 900 };

/** For suppliers that answer: as long as a machine with other things to do may take. */
export const PATIENT: Patience = { connectMs: 20_000, firstByteMs: 20_000, idleMs: 20_000, totalMs: 20_000 };

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

export interface Programmed {
  readonly simulator: Simulator;
  readonly supplier: Supplier;
}

/** Directives are for all that it is asked, beside those of the request. */
export async function openSimulator(
  format: Format,
  { name = "sim", directives = {}, patience = {} }: SimulatorOptions = {},
): Promise<Programmed> {
  const simulator = await startSupplier();
  onTestFinished(() => simulator.close());
  simulator.program(directives);
  return { simulator, supplier: { ...supplierAt(format, simulator.url, undefined, patience), name } };
}

export interface SimulatorOptions {
  readonly name?: string;
  readonly directives?: Parameters<Simulator["program"]>[0];
  readonly patience?: Partial<Patience>;
}

/** Everything that was held has been resolved, and no more was taken than the receipt says. */
export async function expectBalanced(market: Market, requestId: string): Promise<void> {
  await market.relay.idle();
  const { tokensUsed } = await market.receipt(requestId);
  expect(await market.available()).toBe(DEPOSITED - tokensUsed);
  expect((await market.ledger.balance(market.accountId, "text")).held).toBe(0);
  expect(await market.ledger.audit()).toEqual([]);
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
