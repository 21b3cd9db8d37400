/** The second leg, wherever it begins: the supplier is asked, and what it answers is told. */
import type { InferenceRequest } from "@interchange/inference";
import type { AnyRequest, AnyResponse } from "@interchange/stubs";
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
  /** The estimate that the hold was made with. */
  readonly inputTokens: number;
}

/** Runs what is held for it. Whatever is thrown on the way gives the hold back, and goes on. */
export async function run(
  engine: Engine,
  surface: Surface,
  request: AnyRequest,
  running: Running,
): Promise<AnyResponse> {
  try {
    return await attempt(engine, surface, request, running);
  } catch (error) {
    const reason = "an error of the gateway";
    // A hold that has ended by now stays as it is, and one that cannot be ended now expires by itself.
    await engine.ledger.release({ requestId: running.requestId, reason }).catch(() => undefined);
    throw error;
  }
}

async function attempt(engine: Engine, surface: Surface, request: AnyRequest, running: Running): Promise<AnyResponse> {
  const { requestId, instrument, dialect } = running;
  const supplier = engine.supplier(running.supplier, dialect);
  const offer = engine.market.offer(instrument, running.supplier, dialect);
  if (supplier === undefined || offer === undefined) return withdrawn(engine, surface, running);
  const outcome = await engine.relay({
    requestId,
    instrument,
    request: running.request,
    supplier,
    model: offer.model,
    features: new Set(offer.features),
    inputTokens: running.inputTokens,
    surface: surface.dialect.surface,
    unknown: dialect === surface.name ? [] : surface.dialect.surface.unknownIn(request.body),
    signal: request.signal,
  });
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

/** The supplier left the market between the two legs. */
async function withdrawn(engine: Engine, surface: Surface, running: Running): Promise<AnyResponse> {
  const { requestId, instrument, supplier } = running;
  await engine.ledger.release({ requestId, reason: `${supplier} no longer offers ${instrument}` });
  const excluded = [{ supplier, reason: "no longer offers it" }];
  return refuse(surface, { kind: "nobody-eligible", instrument, excluded }, requestId);
}

/** A client that retries comes back with the same body: it is then sent to somebody else. */
function noteFailure(engine: Engine, running: Running, kind: string): void {
  if (!SUPPLIERS_FAULT.has(kind)) return;
  engine.retries.noteFailure(running.accountId, running.bodyDigest, running.supplier, engine.clock());
}

const SUPPLIERS_FAULT: ReadonlySet<string> = new Set(["supplier-failed", "supplier-timeout", "supplier-overloaded"]);
