/** Routes: what would become of a request, with nothing run or held. */
import type {
  Dialect,
  RouteExplanation,
  SupplierVerdict,
  Surface as SurfaceName,
} from "@interchange/contract/platform";
import { explain, type Refusal, statusOf } from "@interchange/inference";
import type { Key } from "@interchange/ledger";
import { type Verdict, whyOf } from "@interchange/routing";
import { bodyCheckOf } from "@interchange/stubs";
import type { Engine } from "../engine.ts";
import { type Explained, explainRequest } from "../explain.ts";
import type { Surface } from "../surface.ts";
import { SURFACES } from "../surfaces.ts";
import { writeTokens, writeUsd } from "./amount.ts";
import type { Operations } from "./operation.ts";
import type { Refused } from "./refused.ts";
import { isOperator } from "./role.ts";
import { writeKnown } from "./standing.ts";

/** Where a request goes that is routed. */
const ROUTED = 307;

export function routes(engine: Engine): Operations<"explainRoute"> {
  const desks = new Map(SURFACES.map(({ surface }) => [surface.name, { surface, check: checkOf(surface) }]));
  return {
    async explainRoute({ body: { surface: name, request } }, { key }) {
      const desk = desks.get(name);
      if (desk === undefined) throw new Error(`The contract knows a surface ${name} that is not offered`);
      const fault = await desk.check(request);
      if (fault !== undefined) return within(fault);
      const explained = explainRequest(engine, desk.surface, key, request);
      if (explained.kind === "explained") {
        return { status: 200, body: writeExplanation(engine, desk.surface, explained, key) };
      }
      if (explained.kind === "request-invalid") return within(explained);
      const instrument = String(request["model"] ?? key.account.defaultInstrument);
      return { status: 200, body: writeRefusal(desk.surface, instrument, explained) };
    },
  };
}

function checkOf({ document, routes: paths, operationId }: Surface) {
  return bodyCheckOf(document, paths, operationId);
}

/** Said of a body that is itself a property of one. */
function within(fault: Extract<Refusal, { kind: "request-invalid" }>): Refused {
  const param = fault.param === "" ? "request" : `request.${fault.param}`;
  return { kind: "refused", refusal: { ...fault, param } };
}

function writeExplanation(
  engine: Engine,
  { name, dialect }: Surface,
  explained: Explained,
  key: Key,
): RouteExplanation {
  const { asked, order, explanation, affinity } = explained;
  const { decision, verdicts } = explanation;
  const isRouted = decision.kind === "route";
  return {
    surface: name as SurfaceName,
    instrument: asked.instrument.name,
    decision: isRouted ? "route" : "refusal",
    supplier: isRouted ? decision.offer.supplier : null,
    reason: isRouted ? whyOf(decision) : explain(decision, (feature) => dialect.surface.parameterOf(feature)),
    status: isRouted ? ROUTED : statusOf(decision),
    needs: [...order.needs],
    bonds: [...order.bonds],
    input_tokens: asked.inputTokens,
    output_tokens_max: explained.outputTokensMax,
    tokens_held: isRouted ? writeTokens(explained.tokensHeld) : null,
    affinity: affinity ?? null,
    suppliers: inOrder(verdicts).map((verdict) => writeVerdict(engine, verdict, key)),
  };
}

/** Refused before any supplier was looked at. */
function writeRefusal({ name, dialect }: Surface, instrument: string, refusal: Refusal): RouteExplanation {
  return {
    surface: name as SurfaceName,
    instrument,
    decision: "refusal",
    supplier: null,
    reason: explain(refusal, (feature) => dialect.surface.parameterOf(feature)),
    status: statusOf(refusal),
    needs: [],
    bonds: [],
    input_tokens: null,
    output_tokens_max: null,
    tokens_held: null,
    affinity: null,
    suppliers: [],
  };
}

/** Who would be tried comes first, in that order; the others by name, since the order of their asks is not for everybody. */
function inOrder(verdicts: readonly Verdict[]): readonly Verdict[] {
  const left = verdicts.filter(({ place }) => place === undefined);
  const byName = left.toSorted((a, b) => (a.offer.supplier < b.offer.supplier ? -1 : 1));
  return [...verdicts.filter(({ place }) => place !== undefined), ...byName];
}

function writeVerdict(engine: Engine, { kind, place, offer, standing, reason }: Verdict, key: Key): SupplierVerdict {
  const isTold = isOperator(key);
  return {
    supplier: offer.supplier,
    verdict: kind,
    place: place ?? null,
    dialect: offer.dialect as Dialect,
    model: isTold ? offer.model : null,
    ask_per_unit_usd: isTold ? writeUsd(offer.askMicros) : null,
    reason,
    standing: writeKnown(engine, standing),
  };
}
