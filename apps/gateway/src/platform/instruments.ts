/** Instruments: what is bought, version by version. */
import type { Instrument as Wire } from "@interchange/contract/platform";
import type { Key } from "@interchange/ledger";
import { unknownInstrument } from "../catalogue.ts";
import type { Engine } from "../engine.ts";
import { type Dated, type InstrumentDocument, type Kept, keptIn, newestOf, recordName } from "../market/index.ts";
import { readFuture } from "./instant.ts";
import { changedBy, readCreation, writeInstrument } from "./instrument-document.ts";
import type { Asker, Operation, Operations } from "./operation.ts";
import { readPage, writePage } from "./page.ts";
import { given, isRefused, type Refused } from "./refused.ts";
import { create, revise } from "./revision.ts";

type Ids =
  | "listInstruments"
  | "createInstrument"
  | "retrieveInstrument"
  | "updateInstrument"
  | "retireInstrument"
  | "listInstrumentVersions";

export function instruments(engine: Engine): Operations<Ids> {
  const { market, clock } = engine;
  return {
    async listInstruments(_, { key }) {
      const data = market.instrumentDocuments().map((dated) => writeInstrument(dated, key, clock()));
      return { status: 200, body: { data } };
    },
    createInstrument: creating(engine),
    retrieveInstrument: async ({ path }, { key }) => told(engine, canonical(path.instrument), key),
    updateInstrument: updating(engine),
    retireInstrument: retiring(engine),
    listInstrumentVersions: listingVersions(engine),
  };
}

function creating(engine: Engine): Operation<"createInstrument"> {
  return async ({ body }, asker) => {
    const nowMs = engine.clock();
    const document = readCreation(body, nowMs);
    if (isRefused(document)) return document;
    const effect = readEffect(body, nowMs);
    if (isRefused(effect)) return effect;
    const made = await create({ ...written(engine, body.name, asker, effect), param: "name", document });
    if (isRefused(made)) return made;
    return { status: 201, body: writeInstrument(made, asker.key, engine.clock()) };
  };
}

function updating(engine: Engine): Operation<"updateInstrument"> {
  return async ({ path, body }, asker) => {
    const name = canonical(path.instrument);
    const effect = readEffect(body, engine.clock());
    if (isRefused(effect)) return effect;
    const changed = await revise({
      ...written(engine, name, asker, effect),
      ifVersion: body.if_version,
      base: (newest) => standing(engine, name, newest, effect),
      change: (document) => changedBy(document, body),
      missing: () => noInstrument(engine, name),
    });
    return isRefused(changed) ? changed : told(engine, name, asker.key);
  };
}

function retiring(engine: Engine): Operation<"retireInstrument"> {
  return async ({ path }, asker) => {
    const name = canonical(path.instrument);
    if (isRetired(engine.market.instrumentDocument(name))) return told(engine, name, asker.key);
    const retired = await revise({
      ...written(engine, name, asker),
      base: (newest) => inEffect(engine, name, newest),
      change: (document): InstrumentDocument => ({ ...document, isRetired: true }),
      missing: () => noInstrument(engine, name),
    });
    return isRefused(retired) ? retired : told(engine, name, asker.key);
  };
}

function listingVersions(engine: Engine): Operation<"listInstrumentVersions"> {
  return async ({ path, query }, { key }) => {
    const name = canonical(path.instrument);
    const shown = engine.market.instrumentDocument(name);
    if (shown === undefined) return noInstrument(engine, name);
    const page = await engine.ledger.recordVersions(recordName("instrument", name), readPage(query));
    const data = page.data.flatMap((record) => keptIn("instrument", name, record) ?? []);
    const write = (kept: Kept<InstrumentDocument>): Wire =>
      writeInstrument(kept.version === shown.version ? shown : kept, key, engine.clock());
    return { status: 200, body: writePage({ ...page, data }, write) };
  };
}

/** Names have no case. */
export function canonical(name: string): string {
  return name.toLowerCase();
}

export function noInstrument(engine: Engine, name: string): Refused {
  return { kind: "refused", refusal: unknownInstrument(engine, name) };
}

function told(engine: Engine, name: string, key: Key) {
  const dated = engine.market.instrumentDocument(name);
  if (dated === undefined) return noInstrument(engine, name);
  return { status: 200 as const, body: writeInstrument(dated, key, engine.clock()) };
}

interface Effect {
  readonly effectiveAtMs?: number;
}

function readEffect({ effective_at: text }: { effective_at?: string | null }, nowMs: number): Effect | Refused {
  return given({ effectiveAtMs: text == null ? undefined : readFuture("effective_at", text, nowMs) });
}

/** Where an instrument is written, by whom, and from when on. */
function written({ ledger, market }: Engine, name: string, { key }: Asker, effect: Effect = {}) {
  return {
    thing: "instrument",
    name,
    newest: () => newestOf(ledger, "instrument", name),
    put: (document: InstrumentDocument, expects: number) =>
      market.putInstrument(document, { author: key.publicId, expects, ...effect }),
  };
}

function isRetired(dated: Dated<InstrumentDocument> | undefined): boolean {
  return dated?.isInEffect === true && dated.document.isRetired === true;
}

/** What a change starts from. At once it starts from what holds now, unless a retirement is to come, which nobody undoes in passing. */
function standing(engine: Engine, name: string, newest: Kept<InstrumentDocument>, effect: Effect): InstrumentDocument {
  if (effect.effectiveAtMs !== undefined || newest.document.isRetired === true) return newest.document;
  return inEffect(engine, name, newest);
}

/** The newest version, unless it is yet to come and another is there. */
function inEffect({ market, clock }: Engine, name: string, newest: Kept<InstrumentDocument>): InstrumentDocument {
  if (newest.effectiveAtMs <= clock()) return newest.document;
  return market.instrumentDocument(name)?.document ?? newest.document;
}
