/** The second leg, wherever it begins: suppliers are asked, and what one of them answers is told. */
import type { Attempt, Run } from "@interchange/relay";
import type { Order, Route } from "@interchange/routing";
import type { AnyRequest, AnyResponse } from "@interchange/stubs";
import { attemptsOf } from "../attempts.ts";
import type { Deadlines } from "../deadlines.ts";
import { droppedHeaders } from "../dropped.ts";
import type { Engine } from "../engine.ts";
import { textBytesOf } from "../estimate/index.ts";
import type { Asked } from "../order.ts";
import { routeHeaders } from "../route-headers.ts";
import { refuse, type Surface } from "../surface.ts";

interface Running {
  readonly requestId: string;
  readonly accountId: string;
  readonly asked: Asked;
  readonly order: Order;
  /** Who is asked first. */
  readonly first: Route;
  /** Most tokens that one answer may have: nobody is asked for more than is held. */
  readonly outputTokensMax: number;
  readonly deadlines: Deadlines;
}

/** Runs what is held for it, and from here on is the relay's to resolve, whatever is thrown on the way. */
export async function run(
  engine: Engine,
  surface: Surface,
  request: AnyRequest,
  running: Running,
): Promise<AnyResponse> {
  const { requestId } = running;
  const planned = await engine.relay.prepare(requestId, () => plan(engine, surface, request, running));
  const outcome = await engine.relay(planned);
  switch (outcome.kind) {
    case "answer":
      return { status: 200, headers: headersOf(outcome), body: outcome.answer };
    case "events":
      return { status: 200, headers: headersOf(outcome), teller: outcome.events };
    case "refused":
      return refuse(surface, outcome.refusal, requestId);
  }
}

function headersOf({ attempt, dropped }: { attempt: Attempt; dropped: readonly string[] }): Record<string, string> {
  return { ...routeHeaders(attempt.supplier.name, attempt.reason), ...droppedHeaders(dropped) };
}

function plan(engine: Engine, surface: Surface, request: AnyRequest, running: Running): Run {
  const { requestId, asked, outputTokensMax } = running;
  return {
    requestId,
    instrument: asked.instrument.name,
    request: { ...asked.request, outputTokensMax },
    inputTokens: asked.inputTokens,
    ...textBytesOf(asked.weight),
    surface: surface.dialect.surface,
    signal: request.signal,
    next: attemptsOf(engine, { ...running, surface, body: request.body }),
    ...running.deadlines,
    // An answer that does not stream is silent until it is written.
    ...(asked.request.stream && engine.hedging.forRun()),
  };
}
