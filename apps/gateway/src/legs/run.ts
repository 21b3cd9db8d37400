/** The second leg, wherever it begins: the supplier is asked, and what it answers is told. */
import type { InferenceRequest } from "@interchange/inference";
import type { Run } from "@interchange/relay";
import type { AnyRequest, AnyResponse } from "@interchange/stubs";
import type { Ticket } from "@interchange/ticket";
import { droppedHeaders } from "../dropped.ts";
import type { Engine } from "../engine.ts";
import { refuse, type Surface } from "../surface.ts";

interface Running {
  readonly requestId: string;
  readonly accountId: string;
  readonly instrument: string;
  readonly supplier: string;
  /** The wire format in which the supplier is asked. */
  readonly dialect: string;
  readonly bodyDigest: string;
  readonly request: InferenceRequest;
  readonly tokensHeld: number;
  /** Where they are counted against limits. */
  readonly counted: NonNullable<Ticket["counted"]>;
  /** The estimate that the hold was made with. */
  readonly inputTokens: number;
  /** Absent where more than text was estimated. */
  readonly textBytes?: number;
}

/** Runs what is held for it, and from here on is the relay's to resolve, whatever is thrown on the way. */
export async function run(
  engine: Engine,
  surface: Surface,
  request: AnyRequest,
  running: Running,
): Promise<AnyResponse> {
  const { requestId, instrument, tokensHeld, counted } = running;
  engine.limiter.corrections.begin({ requestId, payer: { id: running.accountId, instrument }, tokensHeld, counted });
  const planned = await engine.relay.prepare(requestId, () => plan(engine, surface, request, running));
  if (planned === undefined) return withdrawn(engine, surface, running);
  const outcome = await engine.relay(planned);
  switch (outcome.kind) {
    case "answer":
      return { status: 200, headers: droppedHeaders(outcome.dropped), body: outcome.answer };
    case "events":
      return { status: 200, headers: droppedHeaders(outcome.dropped), teller: outcome.events };
    case "refused":
      noteFailure(engine, running, outcome.refusal.kind);
      return refuse(surface, outcome.refusal, requestId);
  }
}

/** Undefined when the offer left the market between the two legs. */
function plan(engine: Engine, surface: Surface, request: AnyRequest, running: Running): Run | undefined {
  const { requestId, instrument, dialect } = running;
  const supplier = engine.supplier(running.supplier, dialect);
  const offer = engine.market.offer(instrument, running.supplier, dialect);
  if (supplier === undefined || offer === undefined) return undefined;
  return {
    requestId,
    instrument,
    request: running.request,
    supplier,
    model: offer.model,
    features: new Set(offer.features),
    inputTokens: running.inputTokens,
    ...(running.textBytes === undefined ? {} : { textBytes: running.textBytes }),
    surface: surface.dialect.surface,
    unknown: dialect === surface.name ? [] : surface.dialect.surface.unknownIn(request.body),
    signal: request.signal,
  };
}

async function withdrawn(engine: Engine, surface: Surface, running: Running): Promise<AnyResponse> {
  const { requestId, instrument, supplier } = running;
  await engine.relay.giveBack(requestId, `${supplier} no longer offers ${instrument}`);
  const excluded = [{ supplier, reason: "no longer offers it" }];
  return refuse(surface, { kind: "nobody-eligible", instrument, excluded }, requestId);
}

/** A client that retries comes back with the same body: it is then sent to somebody else. */
function noteFailure(engine: Engine, running: Running, kind: string): void {
  if (!SUPPLIERS_FAULT.has(kind)) return;
  engine.retries.noteFailure(running.accountId, running.bodyDigest, running.supplier, engine.clock());
}

const SUPPLIERS_FAULT: ReadonlySet<string> = new Set(["supplier-failed", "supplier-timeout", "supplier-overloaded"]);
