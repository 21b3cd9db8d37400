/**
 * Drift: random operations by processes that are killed at random, on a clock that is turned, and a journal of what they
 * acknowledged. After each crash what was acknowledged must be in the books, whole, and nothing else half done; at the end
 * the sums of the books must be those of the journal, to the token and the micro-dollar.
 */

import { setTimeout as pause } from "node:timers/promises";
import { faultsOfHalves, faultsOfRequests, type Sum, sumsOf } from "./books.ts";
import { type Handle, startGateway } from "./handle.ts";
import { Journal, type Request } from "./journal.ts";
import type { Operation, Outcome } from "./operation.ts";
import type { Place } from "./place.ts";
import { Plan } from "./plan.ts";

export type DriftOptions = {
  place: Place;
  operations: number;
  crashes: number;
  seed: number;
  /** Is told how far it is, now and then. */
  onProgress?: (done: number, crashes: number) => void;
};

export type Drift = {
  operations: number;
  /** How often a process was killed, and how often the server. */
  crashes: { gateway: number; server: number };
  seconds: number;
  /** Of operations nobody knew at first whether they had happened. */
  doubtful: number;
  sums: Sum[];
  /** What the sums differ by, all differences added. */
  drift: number;
  faults: string[];
};

/** Operations under way at once in each process. */
const AT_ONCE = 512;

const LOOK_EVERY_MS = 10;

/** What is refused for want of a server is not asked again in the same breath. */
const DOUBT_MS = 100;

/** Nothing that was ever asked takes longer, however busy the machine is. */
const PATIENCE_MS = 120_000;

export async function drift(options: DriftOptions): Promise<Drift> {
  const startMs = performance.now();
  const run = new Run(options);
  await run.open();
  await run.work();
  const sums = await run.close();
  return {
    operations: run.journal.acknowledged,
    crashes: run.crashes,
    seconds: (performance.now() - startMs) / 1_000,
    doubtful: run.doubtful,
    sums,
    drift: sums.reduce((all, { journal, books }) => all + Math.abs(journal - books), 0),
    faults: run.journal.faults,
  };
}

class Run {
  readonly journal = new Journal();
  readonly crashes = { gateway: 0, server: 0 };
  doubtful = 0;
  readonly #options: DriftOptions;
  readonly #plan: Plan;
  readonly #gateways: Handle[] = [];
  /** Started ahead, since a start takes longer than a crash. */
  #next: Handle;
  /** To be asked, or to be asked again. */
  #waiting: Operation[] = [];
  #isHeldBack = true;
  #doubtedAtMs = 0;
  #heard = Promise.withResolvers<void>();
  readonly #answers = new Map<number, (outcome: Outcome) => void>();

  constructor(options: DriftOptions) {
    this.#options = options;
    this.#plan = new Plan(options.seed, this.journal);
    this.#next = this.#start();
  }

  async open(): Promise<void> {
    for (let place = 0; place < this.#options.place.gateways; place += 1) await this.#openGateway(place);
    this.#waiting.push(...this.#plan.opening());
    await this.#settleDown();
  }

  async work(): Promise<void> {
    const { operations, crashes, onProgress } = this.#options;
    for (let crash = 0; crash < crashes; crash += 1) {
      await this.#workUntil(((crash + this.#plan.chance.next()) / crashes) * operations);
      await this.#crash();
      onProgress?.(this.journal.acknowledged, crash + 1);
    }
    await this.#workUntil(operations);
  }

  /** Ends what is open, and gives the sums. */
  async close(): Promise<Sum[]> {
    await this.#settleDown();
    this.#waiting.push(this.#plan.ending());
    await this.#settleDown();
    const { place } = this.#options;
    await this.#check([...this.journal.requests.values()]);
    this.#note(await faultsOfHalves(place));
    const [open] = await place.rows("SELECT COUNT(*) AS holds FROM hold WHERE resolved_at_ms IS NULL");
    if (Number(open?.["holds"]) > 0) this.#note(["a hold is left over"]);
    const [all] = await place.rows("SELECT COUNT(*) AS holds FROM hold");
    const known = [...this.journal.requests.values()].filter(({ hold }) => hold === "held" || hold === "doubtful");
    if (Number(all?.["holds"]) > known.length) this.#note(["there are holds that nobody asked for"]);
    const sums = await sumsOf(place, this.journal);
    await Promise.all([...this.#gateways, this.#next].map((gateway) => gateway.kill()));
    return sums;
  }

  #start(): Handle {
    return startGateway((outcomes) => this.#hear(outcomes));
  }

  async #openGateway(place: number): Promise<void> {
    const gateway = this.#next;
    this.#next = this.#start();
    await gateway.open(this.#options.place.options);
    this.#gateways[place] = gateway;
  }

  #hear(outcomes: readonly [Operation, Outcome][]): void {
    for (const [operation, outcome] of outcomes) {
      const answer = this.#answers.get(operation.number);
      if ("fault" in outcome && outcome.fault.code === "unavailable") this.#doubt([operation]);
      else if (answer) answer(outcome);
      else this.journal.note(operation, outcome);
    }
    this.#heard.resolve();
    this.#heard = Promise.withResolvers();
    if (!this.#isHeldBack) this.#ask();
  }

  /** Nobody knows whether they have happened: they are asked again. */
  #doubt(operations: readonly Operation[]): void {
    this.doubtful += operations.length;
    this.#doubtedAtMs = performance.now();
    for (const operation of operations) operation.tries += 1;
    this.#waiting.push(...operations);
  }

  /** Keeps every process as busy as it may be. */
  #ask(): void {
    for (const gateway of this.#gateways) {
      const room = AT_ONCE - gateway.underWay.size;
      if (room <= 0) continue;
      const nowMs = this.#plan.tick();
      const operations = this.#waiting.splice(0, room);
      while (!this.#isHeldBack && operations.length < room) operations.push(this.#plan.next());
      if (operations.length > 0) gateway.ask(operations, nowMs);
    }
  }

  async #workUntil(operations: number): Promise<void> {
    this.#isHeldBack = false;
    this.#ask();
    while (this.journal.acknowledged < operations) await this.#hearing();
  }

  /** Asks nothing new, and waits until all that was asked is answered. */
  async #settleDown(): Promise<void> {
    this.#isHeldBack = true;
    const untilMs = performance.now() + PATIENCE_MS;
    while (this.#waiting.length > 0 || this.#gateways.some(({ underWay }) => underWay.size > 0)) {
      if (performance.now() > untilMs) throw new Error("operations are never answered");
      if (performance.now() > this.#doubtedAtMs + DOUBT_MS) this.#ask();
      await pause(LOOK_EVERY_MS);
    }
  }

  async #hearing(): Promise<void> {
    const late = new AbortController();
    const tooLate = pause(PATIENCE_MS, undefined, { signal: late.signal }).then(() => {
      throw new Error("nothing is answered");
    });
    await Promise.race([this.#heard.promise, tooLate]).finally(() => late.abort());
    tooLate.catch(() => undefined);
  }

  /** Kills a process, or the server, or both, wherever they are; then holds the books against what was acknowledged. */
  async #crash(): Promise<void> {
    const { chance } = this.#plan;
    const { server } = this.#options.place;
    const what = server ? chance.oneOf(["gateway", "server", "both"] as const) : "gateway";
    await pause(chance.between(0, 30));
    if (what !== "server") await this.#killGateway(chance.between(0, this.#gateways.length - 1));
    if (server && what !== "gateway") {
      // Who asks on and on while nobody answers only keeps the machine from starting the server.
      this.#isHeldBack = true;
      server.kill();
      this.crashes.server += 1;
      await pause(chance.between(0, 200));
      await server.restart();
    }
    if (what !== "server") await this.#replaceGateways();
    await this.#settleDown();
    await this.#check([...this.journal.touched]);
    this.journal.touched.clear();
  }

  async #killGateway(place: number): Promise<void> {
    const gateway = this.#gateways[place] as Handle;
    this.#gateways.splice(place, 1);
    this.crashes.gateway += 1;
    this.#doubt(await gateway.kill());
  }

  async #replaceGateways(): Promise<void> {
    while (this.#gateways.length < this.#options.place.gateways) await this.#openGateway(this.#gateways.length);
  }

  async #check(requests: readonly Request[]): Promise<void> {
    this.#note(await faultsOfRequests(this.#options.place, requests));
    const discrepancies = (await this.#answer("audit")) as { where: string }[];
    this.#note(discrepancies.map((one) => `the audit says ${JSON.stringify(one)}`));
    const totals = (await this.#answer("totals")) as { movementsSum: number };
    if (totals.movementsSum !== 0) this.#note([`movements sum to ${totals.movementsSum}`]);
  }

  /** What one process answers, when all else is at rest. */
  async #answer(does: "audit" | "totals"): Promise<unknown> {
    const operation = this.#plan.asking(does);
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    this.#answers.set(operation.number, resolve);
    this.#waiting.push(operation);
    await this.#settleDown();
    this.#answers.delete(operation.number);
    const outcome = await promise;
    if ("fault" in outcome) throw new Error(`${does} came to ${outcome.fault.message}`);
    return outcome.outcome;
  }

  #note(faults: readonly string[]): void {
    this.journal.faults.push(...faults);
  }
}
