/** Goes the way of one question: asks, follows the redirect, and reads the stream to its end. */
import type { Context, SurfaceName } from "./context.ts";
import { type Found, given } from "./found.ts";
import { QUESTIONS } from "./question.ts";
import { type RefusalFault, readRefusal, type Stumble, stumble } from "./refusal.ts";
import { readBody, silenceOf } from "./reply.ts";
import { readStream } from "./stream.ts";
import type { Asking, Ids, Redirected, Trip } from "./trip.ts";

export type TripFault = RefusalFault | "location-unreachable" | "location-missing" | "stream-unwelcome";

type Begun =
  | { readonly kind: "redirected"; readonly redirected: Redirected }
  | { readonly kind: "answering"; readonly response: Response; readonly tookMs: number }
  | Stumble<RefusalFault>;

/** The first leg, and nothing after it. */
export async function begin(context: Context, found: Partial<Found>, asking: Asking): Promise<Begun> {
  const { base } = given(found, "target");
  const url = `${base}${asking.inline ? "/inline" : ""}${QUESTIONS[asking.surface].path}`;
  const askedAtMs = context.clock();
  const response = await send(context, found, asking.surface, new URL(url), "The gateway");
  if (!(response instanceof Response)) return response;
  const tookMs = context.clock() - askedAtMs;
  if (response.status === 200) return { kind: "answering", response, tookMs };
  if (response.status !== 307) return readRefusal(await readBody(response), "The question");
  await response.body?.cancel();
  const location = locationIn(response, url);
  return {
    kind: "redirected",
    redirected: { surface: asking.surface, location, ids: idsOf(response), askedAtMs, tookMs },
  };
}

/** The whole trip. `redirected` is taken up where it is for the same surface, so that nothing is held in vain. */
export async function travel(
  context: Context,
  found: Partial<Found>,
  asking: Asking,
): Promise<Trip | Stumble<TripFault>> {
  const { redirected } = found;
  const isAtHand = redirected !== undefined && !asking.inline && redirected.surface === asking.surface;
  const begun = isAtHand ? { kind: "redirected" as const, redirected } : await begin(context, found, asking);
  if (begun.kind === "stumble") return begun;
  if (begun.kind === "answering") return arrive(context, asking, begun.response, begun.tookMs, []);
  const { location, ids, tookMs } = begun.redirected;
  if (location === undefined) return stumble("location-missing", "The 307 does not say where to.");
  const askedAtMs = context.clock();
  const response = await send(context, found, asking.surface, location, location.origin);
  if (!(response instanceof Response)) {
    return stumble("location-unreachable", `${response.what} The Location leads there.`);
  }
  if (response.status !== 200) return readRefusal(await readBody(response), "The second leg");
  return arrive(context, asking, response, tookMs + (context.clock() - askedAtMs), [ids]);
}

/** `tookMs` is the time until the headers were there. */
async function arrive(
  context: Context,
  asking: Asking,
  response: Response,
  tookMs: number,
  before: readonly Ids[],
): Promise<Trip | Stumble<TripFault>> {
  const type = response.headers.get("content-type") ?? "nothing";
  if (!type.startsWith("text/event-stream")) {
    await response.body?.cancel();
    return stumble("stream-unwelcome", `A stream was asked for, and what came is ${type}.`);
  }
  const headersAtMs = context.clock();
  const stream = await readStream(context, response, QUESTIONS[asking.surface]);
  const { firstTokenAtMs } = stream;
  return {
    kind: "trip",
    ...asking,
    ids: [...before, idsOf(response)],
    firstTokenMs: firstTokenAtMs === undefined ? undefined : tookMs + firstTokenAtMs - headersAtMs,
    stream,
  };
}

/** One leg; the key goes to the gateway's own origin alone. */
async function send(
  context: Context,
  found: Partial<Found>,
  surface: SurfaceName,
  url: URL,
  who: string,
): Promise<Response | Stumble<"no-answer">> {
  const { base } = given(found, "target");
  const own = url.origin === new URL(base).origin;
  const gone = new AbortController();
  const timer = setTimeout(
    () => gone.abort(new DOMException("no headers in time", "TimeoutError")),
    context.patienceMs,
  );
  const signal = context.signal === undefined ? gone.signal : AbortSignal.any([gone.signal, context.signal]);
  try {
    return await context.fetch(
      new Request(url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(own ? { authorization: `Bearer ${given(found, "key")}` } : {}),
        },
        body: JSON.stringify(QUESTIONS[surface].body(given(found, "instrument").name)),
        redirect: "manual",
        signal,
      }),
    );
  } catch (error) {
    return stumble("no-answer", `${who} ${silenceOf(context, error).why}.`);
  } finally {
    clearTimeout(timer);
  }
}

function locationIn(response: Response, from: string): URL | undefined {
  const text = response.headers.get("location");
  return text !== null && URL.canParse(text, from) ? new URL(text, from) : undefined;
}

function idsOf({ headers }: Response): Ids {
  return { "x-request-id": headers.get("x-request-id"), "request-id": headers.get("request-id") };
}
