/** Reloads: the payment method is charged, and what was paid becomes credits, each exactly once. */
import type { Ledger, Reload, ReloadOutcome } from "@interchange/ledger";
import type { Logger } from "pino";
import { LEASE_MS } from "./leases.ts";
import { backoffMs, pause } from "./patience.ts";
import type { ChargeOutcome, Payments } from "./payments.ts";
import { createWork, type Ended } from "./work.ts";

export interface Reloads {
  /** Sees a reload through that this gateway is to see through. Gives whether it is resolved: a gateway that closes leaves it. */
  seeThrough(reload: Reload): Promise<boolean>;
  /** Begins a reload when so many credits are not there; 0 asks for no more than the account has set. */
  begin(accountId: string, neededMicros: number): Promise<ReloadOutcome>;
  /** Reloads what the account has set, if little is left. Never rejects: what spent the credits is done, whatever comes of it. */
  keep(accountId: string): Promise<void>;
  /** The same as `seeThrough` for one that is being seen through here; undefined where it is not. */
  find(reloadId: string): Promise<boolean> | undefined;
  /** Of those that are being seen through here. */
  ids(): readonly string[];
  idle(): Promise<void>;
}

export interface ReloadParts {
  readonly ledger: Pick<Ledger, "beginReload" | "resolveReload">;
  readonly payments: Payments;
  readonly clock: () => number;
  readonly log: Logger;
  readonly closing: AbortSignal;
  /** `CHARGE_MS_MAX` unless given. */
  readonly chargeMsMax?: number;
}

/** What has not answered by then is asked again, since its answer may have been lost. */
const CHARGE_MS_MAX = 20_000;

/** A payment method that was declined is not tried again at once: providers hold that against whoever does. */
const DECLINED_PAUSE_MS = 3_600_000;

export function createReloads(parts: ReloadParts): Reloads {
  const { ledger, clock } = parts;
  const work = createWork<Run>();
  const keeping = createWork<Ended>();
  const reloads: Reloads = {
    begin: (accountId, neededMicros) =>
      ledger.beginReload({ accountId, neededMicros, leaseUntilMs: clock() + LEASE_MS }),
    keep: (accountId) => keeping.join(accountId, () => ({ ended: keep(parts, reloads, accountId) })).ended,
    seeThrough: (reload) => work.join(reload.id, () => run(parts, reload)).resolved,
    find: (reloadId) => work.find(reloadId)?.resolved,
    ids: () => work.ids(),
    async idle() {
      await keeping.idle();
      await work.idle();
    },
  };
  return reloads;
}

async function keep({ log, closing }: ReloadParts, reloads: Reloads, accountId: string): Promise<void> {
  // Nobody would be left to see it through.
  if (closing.aborted) return;
  try {
    const outcome = await reloads.begin(accountId, 0);
    if (outcome.kind === "begun") await reloads.seeThrough(outcome.reload);
  } catch (error) {
    log.warn({ err: error, accountId }, "credits were not reloaded");
  }
}

interface Run extends Ended {
  readonly resolved: Promise<boolean>;
}

function run(parts: ReloadParts, reload: Reload): Run {
  const resolved = persist(parts, reload);
  return { resolved, ended: resolved.then(() => undefined) };
}

/**
 * Whatever fails on the way leaves open whether anything was charged, so it is never given up, and always asked with the
 * same reference. Once the gateway closes it is left as it is: whoever finds its lease over goes on.
 */
async function persist(parts: ReloadParts, reload: Reload): Promise<boolean> {
  const { log, closing } = parts;
  for (let failures = 1; !closing.aborted; failures += 1) {
    try {
      await resolve(parts, reload, await charge(parts, reload));
      return true;
    } catch (error) {
      // A provider's error may hold the request and with it the credential: its sentence alone is logged.
      log.warn({ reloadId: reload.id, problem: sentenceOf(error) }, "a reload is tried again");
      await pause(backoffMs(failures), closing);
    }
  }
  return false;
}

async function charge({ payments, chargeMsMax }: ReloadParts, reload: Reload): Promise<ChargeOutcome> {
  const { accountId, amountMicros, id } = reload;
  const { promise: late, reject } = Promise.withResolvers<never>();
  const giveUp = (): void => reject(new Error("the payment provider does not answer"));
  const timer = setTimeout(giveUp, chargeMsMax ?? CHARGE_MS_MAX).unref();
  const answer = payments.charge({ accountId, amountMicros, reference: id });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

async function resolve(parts: ReloadParts, reload: Reload, outcome: ChargeOutcome): Promise<void> {
  const { ledger, clock, log } = parts;
  const { id: reloadId, accountId, amountMicros } = reload;
  if (outcome.kind === "paid") {
    const resolved = await ledger.resolveReload({ reloadId, kind: "paid", payment: outcome.payment });
    return log.info({ reloadId, accountId, amountMicros, state: resolved?.state }, "credits were reloaded");
  }
  const pausedUntilMs = clock() + DECLINED_PAUSE_MS;
  await ledger.resolveReload({ reloadId, kind: "declined", problem: outcome.problem || UNSAID, pausedUntilMs });
  log.warn({ reloadId, accountId, amountMicros }, "a payment method was declined");
}

const UNSAID = "the payment provider gave no reason";

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : "something was thrown that is no error";
}
