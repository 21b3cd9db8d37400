/** Attempts: whom a run is given to, one after another, each decided anew without those that were tried. */
import type { FailedAttempt, Refusal, SupplierFailure } from "@interchange/inference";
import type { Attempt, Next, Tried } from "@interchange/relay";
import { type Offer, type Order, type Route, routeTo, whyOf } from "@interchange/routing";
import type { Engine } from "./engine.ts";
import { routeFaithfully } from "./fidelity.ts";
import type { Asked } from "./order.ts";
import { outputCap } from "./output-cap.ts";
import { reasonAfter } from "./route-headers.ts";
import type { Surface } from "./surface.ts";

export interface AttemptsOptions {
  readonly surface: Surface;
  readonly requestId: string;
  readonly accountId: string;
  readonly body: unknown;
  readonly asked: Asked;
  readonly order: Order;
  /** What is held for: nobody is asked for more. */
  readonly outputTokensMax: number;
  /** Who is tried first, decided already. */
  readonly first: Route;
}

/** Hands out each supplier once, until nobody is left, or the caller or the operator wants no more. */
export function attemptsOf(engine: Engine, options: AttemptsOptions): (failed: readonly FailedAttempt[]) => Next {
  const { order } = options;
  const tried = new Set(order.tried);
  const attemptsMax = order.preferences?.allowFallbacks === false ? 1 : engine.config.routing.attemptsMax;
  let first: Route | undefined = options.first;
  let handedOut = 0;

  const decide = (): Route | Refusal => {
    const still = first && unchanged(engine, order, first);
    first = undefined;
    return still ?? routeFaithfully(engine, options.surface, options.asked, { ...order, tried });
  };

  return (failed) => {
    while (handedOut < attemptsMax) {
      const decided = decide();
      if (decided.kind !== "route") return { kind: "nobody", refusal: decided };
      tried.add(decided.offer.supplier);
      const attempt = attemptAt(engine, options, { decided, failed, tried, isLast: handedOut + 1 === attemptsMax });
      if (attempt === undefined) continue;
      handedOut += 1;
      return { kind: "attempt", attempt };
    }
    return { kind: "nobody", refusal: { kind: "supplier-failed", attempts: failed } };
  };
}

/**
 * The route as it is now; undefined where it has to be decided anew. Between the decision and the run tokens are held, and may
 * be bought: whoever was chosen may be paused by then, be left alone, or ask for more.
 */
function unchanged(engine: Engine, order: Order, { offer, why, among }: Route): Route | undefined {
  const still = routeTo(offer, order, engine.market, { nowMs: engine.clock() });
  return still?.offer === offer ? { ...still, why, among } : undefined;
}

interface Decision {
  readonly decided: Route;
  readonly failed: readonly FailedAttempt[];
  readonly tried: ReadonlySet<string>;
  readonly isLast: boolean;
}

/** Undefined when the supplier has left the market in this moment, or is being tried out. */
function attemptAt(engine: Engine, options: AttemptsOptions, decision: Decision): Attempt | undefined {
  const { surface, body } = options;
  const { offer, standing } = decision.decided;
  const supplier = engine.market.open(offer.supplier, offer.dialect);
  if (supplier === undefined) return undefined;
  const firstByteMs = patienceOf(engine, options, decision);
  const asking = {
    supplier,
    model: offer.model,
    features: new Set(offer.features),
    outputTokensMax: capFor(engine, options, offer),
    unknown: offer.dialect === surface.name ? [] : surface.dialect.surface.unknownIn(body),
    reason: reasonAfter(decision.failed, whyOf(decision.decided)),
    ...(firstByteMs !== undefined && { firstByteMs }),
  };
  // Nothing can fail any more: whatever begins is handed out, and is ended by whoever has it.
  const begun = engine.market.health.begin(standing, engine.clock());
  // Somebody was quicker to try it out again.
  if (decision.decided.isProbe && !begun.isProbe) {
    begun.left(engine.clock());
    return undefined;
  }
  return {
    ...asking,
    ended(result) {
      const nowMs = engine.clock();
      if (result.kind === "answered") begun.answered(result, nowMs);
      else if (result.kind === "failed") {
        begun.failed(faultOf(result.failure), nowMs);
        noteFailure(engine, options, offer.supplier, result);
      } else {
        begun.left(nowMs);
        if (result.kind === "refused") logRefused(engine, options, offer.supplier, result.failure);
      }
    },
  };
}

/** A later one may write shorter answers than the one for which tokens are held. */
function capFor(engine: Engine, { asked, outputTokensMax }: AttemptsOptions, offer: Offer): number {
  const { request, instrument, inputTokens } = asked;
  return Math.min(outputTokensMax, outputCap(engine, request, { instrument, offer, inputTokens }));
}

function faultOf({ timeout, overloaded, retryAfterMs }: SupplierFailure) {
  const kind = overloaded === true ? "busy" : timeout === true ? "timeout" : "failure";
  return { kind, ...(retryAfterMs !== undefined && { retryAfterMs }) } as const;
}

/** A client that retries comes back with the same body: it is then sent to somebody else. */
function noteFailure(
  engine: Engine,
  options: AttemptsOptions,
  supplier: string,
  { failure }: Extract<Tried, { kind: "failed" }>,
): void {
  const { requestId, accountId, asked } = options;
  engine.log.warn({ requestId, supplier, failure: logged(failure) }, "a supplier failed");
  engine.retries.noteFailure(accountId, asked.digest, supplier, engine.clock());
}

/** Statuses whose words are about us: our credential, our quota, the name of a model. */
const ABOUT_US: ReadonlySet<number | undefined> = new Set([401, 402, 403, 404, 429]);

/** Whoever breaks on a request may quote it in what it says, and prompts are not logged. */
function logged(failure: SupplierFailure): SupplierFailure {
  const { said, ...known } = failure;
  return said !== undefined && ABOUT_US.has(failure.status) ? failure : known;
}

/** What a supplier says about the request itself may quote it too. */
function logRefused(engine: Engine, { requestId }: AttemptsOptions, supplier: string, failure: SupplierFailure): void {
  const { message: _message, said: _said, ...known } = failure;
  engine.log.warn({ requestId, supplier, failure: known }, "a supplier refused a request");
}

/**
 * How long the first event is waited for where somebody else could be asked instead; undefined leaves it to the supplier's own
 * patience. An answer that does not stream is silent until it is written, for which it is given the time that the
 * instrument's floor allows.
 */
function patienceOf(
  engine: Engine,
  { surface, order, asked }: AttemptsOptions,
  { decided, tried, isLast }: Decision,
): number | undefined {
  if (isLast || routeFaithfully(engine, surface, asked, { ...order, tried }).kind !== "route") return undefined;
  const { probeAfterMs, fallbackAfterMs } = engine.config.routing;
  const waitMs = decided.isProbe ? Math.min(probeAfterMs, fallbackAfterMs) : fallbackAfterMs;
  return asked.request.stream ? waitMs : waitMs + writingMs(asked);
}

/** Where the instrument promises no speed; in tokens a second. */
const SPEED_LEAST = 20;

function writingMs({ request, instrument }: Asked): number {
  const tokens =
    Math.min(request.outputTokensMax ?? Number.POSITIVE_INFINITY, instrument.outputTokensMax) * (request.answers ?? 1);
  return Math.ceil((tokens * 1_000) / (instrument.floors.tokensPerSecondMin ?? SPEED_LEAST));
}
