/** The inline leg: 200 at once. */
import type { AnyRequest, AnyResponse } from "@interchange/stubs";
import { admit } from "../admit.ts";
import { readDeadlines } from "../deadlines.ts";
import type { Engine } from "../engine.ts";
import { refuse, type Surface } from "../surface.ts";
import { type CallerContext, callOf, keyOf } from "./caller.ts";
import { run } from "./run.ts";

/** 200 in one leg, for callers that cannot follow a redirect. */
export async function inlineLeg(
  engine: Engine,
  surface: Surface,
  request: AnyRequest,
  context: CallerContext,
): Promise<AnyResponse> {
  const found = readDeadlines(request.headers);
  if (found.kind !== "deadlines") return refuse(surface, found, context.requestId);
  const admission = await admit(
    engine,
    surface,
    callOf(request, context, { begun: true, holdLifeMs: engine.runLifeMs }),
  );
  if (admission.kind === "refused") return refuse(surface, admission.refusal, context.requestId);
  const { requestId, quota } = context;
  const { accountId } = keyOf(context);
  const { asked, order, route: first, outputTokensMax, tokensHeld } = admission;
  const payer = { id: accountId, instrument: asked.instrument.name };
  engine.limiter.corrections.begin({ requestId, payer, tokensHeld, counted: quota.counted });
  const { deadlines } = found;
  return run(engine, surface, request, { requestId, accountId, asked, order, first, outputTokensMax, deadlines });
}
