/** What a refusal says on every surface alike: its status, its sentence, and what to do next. */
import { dollars } from "./dollars.ts";
import type { Feature } from "./feature.ts";
import { cureOf, whyNotBought } from "./not-bought.ts";
import type { Exclusion, FailedAttempt, Refusal, RefusalKind, RefusalOf } from "./refusal.ts";

/** The status of each refusal. */
export function statusOf(refusal: Refusal): number {
  switch (refusal.kind) {
    case "request-invalid":
      return refusal.fault === "shape" ? 400 : 422;
    case "supplier-refused":
      return refusal.failure.status === 422 ? 422 : refusal.failure.status === 413 ? 413 : 400;
    default:
      return STATUS[refusal.kind];
  }
}

const STATUS: Readonly<Record<Exclude<RefusalKind, "request-invalid" | "supplier-refused">, number>> = {
  "body-not-json": 400,
  "key-missing": 401,
  "key-refused": 401,
  "key-forbidden": 403,
  "balance-too-low": 402,
  "tokens-on-the-way": 503,
  "ticket-forged": 403,
  "ticket-stale": 503,
  "unknown-instrument": 404,
  "unknown-path": 404,
  "not-found": 404,
  conflict: 409,
  "credits-too-low": 402,
  "method-not-allowed": 405,
  repeated: 409,
  "body-too-large": 413,
  "media-type-unsupported": 415,
  "rate-limited": 429,
  "prompt-too-long": 400,
  "feature-unsupported": 400,
  "no-supplier-fits": 400,
  "nobody-eligible": 503,
  "supplier-failed": 502,
  "supplier-timeout": 504,
  "supplier-overloaded": 503,
  stopping: 503,
  "ledger-unavailable": 503,
  bug: 500,
};

/** How long to wait before asking again, in ms; absent when asking again cannot help. */
export function retryAfterMs(refusal: Refusal): number | undefined {
  const wait = waitOf(refusal);
  return wait === undefined ? undefined : Math.min(wait, RETRY_AFTER_MS_MAX);
}

/** Some clients wait for whatever they are told. */
const RETRY_AFTER_MS_MAX = 60_000;

function waitOf(refusal: Refusal): number | undefined {
  switch (refusal.kind) {
    case "ticket-stale":
      return 100;
    case "rate-limited":
      return refusal.retryAfterMs;
    case "repeated":
      return refusal.of === "running" ? 1_000 : undefined;
    case "supplier-overloaded":
    case "nobody-eligible":
      return refusal.retryAfterMs ?? 1_000;
    case "tokens-on-the-way":
    case "stopping":
    case "ledger-unavailable":
    case "supplier-failed":
    case "supplier-timeout":
      return 1_000;
    default:
      return undefined;
  }
}

/** How a surface's callers spell what they ask for. */
export type ParameterOf = (feature: Feature) => string;

type Sentences = { readonly [K in RefusalKind]: (refusal: RefusalOf<K>, parameterOf: ParameterOf) => string };

const REPEATED: Readonly<Record<RefusalOf<"repeated">["of"], string>> = {
  "another-body": "This Idempotency-Key was used with another body; use a new one.",
  running: "A request with this Idempotency-Key is still running.",
  finished: "The request with this Idempotency-Key is done and was paid once; its answer is not kept.",
};

const SENTENCES: Sentences = {
  "body-not-json": (r) => `The body is not JSON: ${r.problem}.`,
  "request-invalid": (r) => (r.param === "" ? `The body ${r.problem}.` : `${r.param} ${r.problem}.`),
  "key-missing": (r) => r.problem,
  "key-refused": (r) => r.problem,
  "key-forbidden": (r) => r.problem,
  "balance-too-low": (r) => {
    const short = `Not enough tokens of ${r.instrument}: this request may need ${r.needed}, ${r.available} are available`;
    if (r.notBought === undefined) return `${short}. Have more tokens deposited, or ask for a shorter answer.`;
    return `${short}, and ${whyNotBought(r.notBought)}. ${cureOf(r.notBought)}, or ask for a shorter answer.`;
  },
  "tokens-on-the-way": (r) =>
    `${r.tokens === undefined ? "Tokens" : `${r.tokens} tokens`} of ${r.instrument} are being bought for this account; nothing was run or charged for this request. Send it again in a moment.`,
  "ticket-forged": () =>
    "The ticket in this path was not issued for this request. Send the request to the API's own address.",
  "ticket-stale": (r) =>
    r.problem === "expired"
      ? "The ticket in this path has expired. Send the request to the API's own address again."
      : "The ticket in this path has been used. Send the request to the API's own address again.",
  "unknown-instrument": (r) =>
    `${r.isRetired === true ? `The instrument ${quote(r.instrument)} has been retired` : `There is no instrument ${quote(r.instrument)}`}. Known ones: ${r.known.join(", ")}.`,
  "unknown-path": (r) => `There is nothing at ${quote(r.path)}.${r.hint === undefined ? "" : ` ${r.hint}`}`,
  "not-found": (r) => `There is no ${r.thing} ${quote(r.id)}.`,
  conflict: (r) => r.problem,
  "credits-too-low": (r) =>
    `Not enough credits: this purchase needs ${dollars(r.neededMicros)} USD, ${dollars(r.availableMicros)} are available. Have more credits put in, or buy fewer tokens.`,
  "method-not-allowed": (r) => `${r.method} is not allowed here; use ${r.allow.join(" or ")}.`,
  repeated: (r) =>
    `${REPEATED[r.of]} It is request ${r.requestId}${r.of === "finished" ? `, whose receipt is at /v1/usage/${r.requestId}` : ""}.`,
  "body-too-large": (r) => `The body is over the limit of ${r.bytesMax} bytes.`,
  "media-type-unsupported": (r) => r.problem,
  "rate-limited": (r) => r.problem,
  // Agents shorten their history when they read the first five words.
  "prompt-too-long": (r) =>
    `The prompt is too long: at least ${r.tokens} tokens > ${r.contextTokens} maximum of ${r.instrument}, question and answer together.`,
  "feature-unsupported": (r, parameterOf) =>
    `No supplier of this instrument can honour ${namesOf(r, parameterOf).join(", ")}.${reasons(r.excluded)}`,
  "no-supplier-fits": (r) => `No supplier of ${r.instrument} can fill this request as it stands.${reasons(r.excluded)}`,
  "nobody-eligible": (r) => `No supplier can fill ${r.instrument} just now.${reasons(r.excluded)}`,
  "supplier-failed": (r) => `Every supplier that was tried failed; nothing was charged.${attempts(r.attempts)}`,
  "supplier-timeout": (r) => `Every supplier that was tried was too slow; nothing was charged.${attempts(r.attempts)}`,
  "supplier-overloaded": (r) =>
    `Every supplier that was tried is too busy; nothing was charged.${attempts(r.attempts)}`,
  "supplier-refused": (r) => r.failure.message,
  stopping: () => "This gateway is stopping. Send the request again.",
  "ledger-unavailable": (r) =>
    r.problem ?? "Balances cannot be read just now, so nothing was run or charged. Send the request again.",
  bug: () => "Something went wrong on our side; nothing was charged. The request id leads us to it.",
};

/** The sentence that the caller reads. It says nothing of the inside. */
export function explain(refusal: Refusal, parameterOf: ParameterOf = (feature) => feature): string {
  const sentence = SENTENCES[refusal.kind] as (refusal: Refusal, parameterOf: ParameterOf) => string;
  return sentence(refusal, parameterOf);
}

/** A tool that suppliers run is told by its type alone: the name of the property would read as if no tool could be had. */
function namesOf({ features, bonds }: RefusalOf<"feature-unsupported">, parameterOf: ParameterOf): readonly string[] {
  const told = bonds.length === 0 ? features : features.filter((feature) => feature !== "server-tools");
  return [...new Set([...told.map(parameterOf), ...bonds])];
}

function quote(word: string): string {
  const shown = word.length > 120 ? `${word.slice(0, 120)}…` : word;
  return JSON.stringify(shown);
}

function reasons(excluded: readonly Exclusion[]): string {
  return excluded.map((e) => ` ${e.supplier}: ${e.reason}.`).join("");
}

function attempts(failed: readonly FailedAttempt[]): string {
  return failed.map((a) => ` ${a.supplier}: ${a.failure.message}.`).join("");
}
