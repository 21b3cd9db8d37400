/** The inline leg: 200 at once. */
import type { AnyRequest, AnyResponse } from "@interchange/stubs";
import { admit } from "../admit.ts";
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
  const admission = await admit(
    engine,
    surface,
    callOf(request, context, { begun: true, holdLifeMs: engine.runLifeMs }),
  );
  if (admission.kind === "refused") return refuse(surface, admission.refusal, context.requestId);
  return run(engine, surface, request, {
    requestId: context.requestId,
    accountId: keyOf(context).accountId,
    instrument: admission.instrument,
    supplier: admission.offer.supplier,
    dialect: admission.offer.dialect,
    bodyDigest: admission.bodyDigest,
    request: admission.request,
    tokensHeld: admission.tokensHeld,
    counted: context.quota.counted,
    inputTokens: admission.inputTokens,
    ...(admission.textBytes === undefined ? {} : { textBytes: admission.textBytes }),
  });
}
