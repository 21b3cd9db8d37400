/** A crowd of callers at once, each of whom wants one answer and goes on asking until it has it or there is nothing left to buy. */
import { setTimeout as pause } from "node:timers/promises";
import { Pool } from "undici";
import { QUESTIONS } from "./rig.ts";
import { nextQuestion, type Question, randomOf, readTold } from "./stress-question.ts";

export interface CrowdOptions {
  /** Where gateways are. Who finds one gone goes to the next. */
  readonly urls: readonly string[];
  readonly key: string;
  readonly callers: number;
  readonly seed: number;
  readonly isSoldOut: () => boolean;
  /** Hears of every answer that somebody has whole. */
  readonly onDelivered?: (requestId: string) => void;
}

export interface Crowd {
  /** Answers that somebody has whole, and what they said they cost. */
  readonly delivered: ReadonlyMap<string, number>;
  /** Paid, as the gateway tells whoever asks again, and lost with the gateway on the way to the caller. */
  readonly unheard: ReadonlySet<string>;
  /** Whatever no caller should ever be told. */
  readonly faults: readonly string[];
  /** How often each status was answered. */
  readonly statuses: ReadonlyMap<number, number>;
  /** How often a gateway was gone or hung up within an answer. */
  readonly cut: number;
}

/**
 * `delivered` and `unheard` are the end of it; what has `failed` is asked anew. Where nobody can say what came of it, the
 * same is asked `again`, under the same mark.
 */
type Came =
  | { readonly kind: "delivered"; readonly requestId: string; readonly tokens: number }
  | { readonly kind: "unheard"; readonly requestId: string }
  | { readonly kind: "failed" | "again" | "too-little" };

export async function gather(options: CrowdOptions): Promise<Crowd> {
  const pools = options.urls.map((url) => new Pool(url, { connections: options.callers, pipelining: 1 }));
  const crowd = {
    delivered: new Map<string, number>(),
    unheard: new Set<string>(),
    faults: [] as string[],
    statuses: new Map<number, number>(),
    cut: 0,
  };
  const window: Window = { pools, key: options.key, crowd };
  const call = async (caller: number): Promise<void> => {
    const random = randomOf(options.seed * 10_007 + caller);
    let question = nextQuestion(caller, random);
    for (let turn = 0; ; turn += 1) {
      const came = await ask(window, caller + turn, question);
      if (came.kind === "delivered") {
        crowd.delivered.set(came.requestId, came.tokens);
        return options.onDelivered?.(came.requestId);
      }
      if (came.kind === "unheard") return void crowd.unheard.add(came.requestId);
      if (came.kind === "again") {
        await pause(AGAIN_MS * (0.5 + random()));
        continue;
      }
      if (await isSoldOutIn(pauseMs(turn) * (0.5 + random()), options)) return;
      question = nextQuestion(caller, random);
    }
  };
  try {
    await Promise.all(Array.from({ length: options.callers }, (_, caller) => call(caller)));
  } finally {
    await Promise.all(pools.map((pool) => pool.destroy()));
  }
  return crowd;
}

/** Waits that long, or until there is nothing to wait for. */
async function isSoldOutIn(ms: number, { isSoldOut }: CrowdOptions): Promise<boolean> {
  for (let left = ms; left > 0 && !isSoldOut(); left -= PAUSE_MS) await pause(Math.min(left, PAUSE_MS));
  return isSoldOut();
}

/** Hundreds who wait leave the machine to those who are served: the longer they have waited, the more of it. */
function pauseMs(turn: number): number {
  return Math.min(PAUSE_MS * 2 ** turn, PAUSE_MS_MAX);
}

/** A process that starts again is not kept from it by those who wait for it. */
const AGAIN_MS = 400;

const PAUSE_MS = 150;
const PAUSE_MS_MAX = 1_000;

interface Window {
  readonly pools: readonly Pool[];
  readonly key: string;
  readonly crowd: { faults: string[]; statuses: Map<number, number>; cut: number };
}

/** Asks on both legs where there are two, each of any gateway. */
async function ask(window: Window, turn: number, question: Question): Promise<Came> {
  const { pools, crowd } = window;
  const pool = (place: number): Pool => pools[place % pools.length] as Pool;
  try {
    const first = await send(window, pool(turn), question, `${question.base}${QUESTIONS[question.surface].path}`);
    if (first.status !== 307) return readReply(window, question, first);
    const { pathname, search } = new URL(first.location, "http://gateway");
    return readReply(window, question, await send(window, pool(turn + 1), question, `${pathname}${search}`));
  } catch {
    crowd.cut += 1;
    return { kind: "again" };
  }
}

interface Reply {
  readonly status: number;
  readonly requestId: string;
  readonly location: string;
  readonly comesAgain: boolean;
  readonly text: string;
}

async function send({ key, crowd }: Window, pool: Pool, question: Question, path: string): Promise<Reply> {
  const { statusCode, headers, body } = await pool.request({
    method: "POST",
    path,
    headers: {
      "content-type": "application/json",
      "idempotency-key": question.mark,
      ...(path.startsWith("/r/") ? {} : QUESTIONS[question.surface].keyHeader(key)),
    },
    body: question.body,
  });
  const text = await body.text();
  crowd.statuses.set(statusCode, (crowd.statuses.get(statusCode) ?? 0) + 1);
  return {
    status: statusCode,
    requestId: String(headers["request-id"]),
    location: String(headers["location"]),
    comesAgain: headers["retry-after"] !== undefined,
    text,
  };
}

function readReply({ crowd }: Window, question: Question, reply: Reply): Came {
  const { status, requestId, text } = reply;
  switch (status) {
    case 200:
      return readAnswer(question, reply);
    case 402:
      return { kind: "too-little" };
    case 409:
      return reply.comesAgain
        ? { kind: "again" }
        : { kind: "unheard", requestId: /request (req_\w+)/.exec(text)?.[1] ?? `none is named: ${text}` };
    case 502:
    case 504:
      return { kind: "failed" };
    case 503:
      // The books are away, a ticket is too old, or tokens are being bought.
      return { kind: question.isTooMuch ? "failed" : "again" };
    default:
      crowd.faults.push(`${requestId} was answered ${status} ${text.slice(0, 300)}`);
      return { kind: "failed" };
  }
}

function readAnswer(question: Question, { requestId, text }: Reply): Came {
  const told = readTold(question, text);
  if (told.kind === "whole") return { kind: "delivered", requestId, tokens: told.tokens };
  return { kind: told.kind === "failed" ? "failed" : "again" };
}
