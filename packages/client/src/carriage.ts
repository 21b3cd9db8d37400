/** Carries one call from its first attempt to its answer. */
import { watched } from "./answer-body.ts";
import type { ClientTimeouts } from "./client-options.ts";
import { connectionErrorOf } from "./connection.ts";
import { Deadlines } from "./deadlines.ts";
import type { Fetch } from "./fetch.ts";
import { type Credential, type Key, withKey } from "./key.ts";
import type { Operation } from "./operation.ts";
import type { Follow, Parcel, Send } from "./parcel.ts";
import { type Outcome, type Timing, waitBefore } from "./retry.ts";

/** What holds for every call of a client. */
export interface Settings {
  readonly baseUrl: string;
  /** Whether an inference may be answered in the first leg. */
  readonly inline: boolean;
  readonly follow: Follow;
  readonly credential: Credential;
  readonly key: Key;
  readonly retries: number;
  readonly timeouts: ClientTimeouts;
  readonly timing: Timing;
}

/** What is asked for; the operation is undefined where there is nothing special about it. */
export interface Errand {
  readonly operation: Operation | undefined;
  /** Whether it is to be answered with events. */
  readonly streamed: boolean;
}

/** The clocks of a call, in milliseconds. */
interface Limits {
  /** Until the first leg has answered: what may be the answer itself is silence, and not a gateway that cannot be reached. */
  readonly first: "connect" | "idle";
  readonly firstMs: number;
  readonly idleMs: number;
  readonly totalMs: number;
}

const IDEMPOTENCY_KEY = "idempotency-key";

/** A fetch that follows, waits, gives up and asks again. Throws what client-error.ts has, or the reason of the request's signal. */
export const carry =
  (settings: Settings, errand: Errand, fetch: Fetch): Fetch =>
  async (request) => {
    const parcel = await packed(request, errand);
    const limits = limitsOf(settings, errand);
    const { timing, retries } = settings;
    const repeatable = isRepeatable(request.method, errand);
    const endsAtMs = timing.nowMs() + limits.totalMs;
    for (let attempt = 0; ; attempt += 1) {
      const leftMs = endsAtMs - timing.nowMs();
      const outcome = await tried(
        parcel,
        settings,
        limits,
        new Deadlines(request.signal, leftMs, limits.totalMs),
        fetch,
      );
      const waitMs = attempt < retries ? waitBefore(attempt, outcome, repeatable, timing) : undefined;
      if (waitMs === undefined || timing.nowMs() + waitMs >= endsAtMs) return answerOf(outcome);
      await outcome.response?.body?.cancel();
      await timing.sleep(waitMs, request.signal);
    }
  };

function answerOf({ response, failure }: Outcome): Response {
  if (response) return response;
  // A caller's signal may carry any reason, and it is the caller who gets it back.
  throw failure as Error;
}

/** The request as something that can be sent more than once, under one key for all its attempts. */
async function packed(request: Request, { operation }: Errand): Promise<Parcel> {
  const { method, url } = request;
  const headers = new Headers(request.headers);
  if (operation?.idempotent && !headers.has(IDEMPOTENCY_KEY)) headers.set(IDEMPOTENCY_KEY, newKey());
  // Not every browser has the body of a Request as a property.
  const body = method === "GET" || method === "HEAD" ? null : await request.arrayBuffer();
  return { method, url, headers, body: body?.byteLength ? body : null };
}

/** Pages that did not come over TLS have no `randomUUID`. */
const newKey = (): string =>
  typeof crypto.randomUUID === "function"
    ? crypto.randomUUID()
    : crypto.getRandomValues(new Uint32Array(4)).reduce((text, word) => text + word.toString(36).padStart(7, "0"), "");

/** Whether it may be sent twice: by its method (RFC 9110 §9.2.2), or since the gateway knows by the key that it is the same. */
const isRepeatable = (method: string, { operation }: Errand): boolean =>
  !["POST", "PATCH"].includes(method) || operation?.idempotent === true;

function limitsOf({ timeouts, inline }: Settings, { operation, streamed }: Errand): Limits {
  const { connectMs, idleMs = streamed ? 120_000 : 600_000, totalMs = streamed ? Infinity : 600_000 } = timeouts;
  const atOnce = operation?.stream !== undefined && (inline || connectMs === undefined);
  const first = atOnce ? "idle" : "connect";
  return { first, firstMs: atOnce ? idleMs : (connectMs ?? 60_000), idleMs, totalMs };
}

/** One attempt, from the first URL to the headers of the answer. The key function's own error is thrown. */
async function tried(
  parcel: Parcel,
  settings: Settings,
  limits: Limits,
  deadlines: Deadlines,
  fetch: Fetch,
): Promise<Outcome> {
  const send = sendBy(fetch, deadlines);
  try {
    deadlines.wait(limits.first, limits.firstMs);
    const headers = await withKey(parcel.headers, settings.key, settings.credential, deadlines.signal);
    const turn = () => deadlines.wait("idle", limits.idleMs);
    const response = await settings.follow({ ...parcel, headers }, send, turn);
    deadlines.rest();
    return { response: watched(response, deadlines, limits.idleMs) };
  } catch (failure) {
    deadlines.end();
    return { failure };
  }
}

/** One request. What aborted it is thrown as it is, and all else as a ConnectionError. */
const sendBy =
  (fetch: Fetch, { signal }: Deadlines): Send =>
  async ({ method, url, headers, body }, redirect) => {
    try {
      return await fetch(new Request(url, { method, headers, body, signal, redirect }));
    } catch (cause) {
      throw signal.aborted ? signal.reason : connectionErrorOf(new URL(url).origin, cause);
    }
  };
