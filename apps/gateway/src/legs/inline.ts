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
  return run(engine, surface, request, {
    requestId: context.requestId,
    accountId: keyOf(context).accountId,
    asked: admission.asked,
    order: admission.order,
    first: admission.route,
    outputTokensMax: admission.outputTokensMax,
    tokensHeld: admission.tokensHeld,
    counted: context.quota.counted,
    deadlines: found.deadlines,
  });
}
