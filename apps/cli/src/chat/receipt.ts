/** What an answer used and cost, and who gave it, on stderr once the books say so. */
import { unwrap } from "@interchange/client";
import { tokens as counted, duration, grouped } from "../figures.ts";
import { paintFor } from "../paint.ts";
import type { Session } from "../session.ts";
import { say } from "../terminal.ts";
import type { Answer } from "./answer.ts";

const WAIT_MS = 100;
const WAIT_MS_MAX = 5_000;

type Receipt = Awaited<ReturnType<typeof askOnce>>;

/** What was asked is over by then, so the caller's interruption no longer counts. */
export async function showReceipt({ requestId, reason }: Partial<Answer>, session: Session): Promise<void> {
  if (requestId === undefined) return;
  const { terminal } = session;
  const paint = paintFor(terminal.stderr, terminal.env);
  const receipt = await settled(requestId, session);
  for (const line of receipt === undefined ? [`request ${requestId}`] : linesOf(receipt, reason))
    say(terminal, paint("dim", line));
}

/** The receipt when it is no longer pending, or as it is after a while; undefined where the gateway will not tell. */
async function settled(requestId: string, session: Session): Promise<Receipt | undefined> {
  const untilMs = performance.now() + WAIT_MS_MAX;
  let receipt = await askOnce(requestId, session).catch(() => undefined);
  while (receipt?.status === "pending" && performance.now() < untilMs) {
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    receipt = await askOnce(requestId, session).catch(() => undefined);
  }
  return receipt;
}

function askOnce(requestId: string, { platform }: Session) {
  return unwrap(platform.GET("/v1/usage/{request_id}", { params: { path: { request_id: requestId } } }));
}

function linesOf(receipt: Receipt, reason: string | undefined): readonly string[] {
  const { usage, tokens_used, cost_usd, supplier, model, timing, request_id, status } = receipt;
  const tokens = usage === null ? counted(tokens_used) : tokensOf(usage);
  const first = timing.ttft_ms === null ? [] : [`first token after ${duration(timing.ttft_ms)}`];
  const who = supplier === null ? [] : [model === null ? supplier : `${supplier} (${model})`];
  const why = reason === undefined ? [] : [`chosen: ${reason}`];
  const charged = status === "pending" ? "not charged yet" : `charged ${counted(tokens_used)}, ${cost_usd} USD`;
  return [[tokens, charged].join(" · "), [...who, ...first, ...why].join(" · "), `request ${request_id}`].filter(
    (line) => line !== "",
  );
}

function tokensOf({ input_tokens, output_tokens, estimated }: NonNullable<Receipt["usage"]>): string {
  const mark = estimated ? " (estimated)" : "";
  return `${counted(input_tokens)} in, ${grouped(String(output_tokens))} out${mark}`;
}
