/** Offers: what suppliers ask for instruments. */
import type { Offer as Wire } from "@interchange/contract/platform";
import type { Engine } from "../engine.ts";
import { type Kept, newestOf, type OfferDocument, offerIdOf } from "../market/index.ts";
import { canonical, noInstrument } from "./instruments.ts";
import { changedBy, readCreation, writeOffer } from "./offer-document.ts";
import type { Asker, Operations } from "./operation.ts";
import { isRefused, notFound, type Refused } from "./refused.ts";
import { create, revise } from "./revision.ts";
import { noSupplier } from "./supplier.ts";

type Ids =
  | "listInstrumentOffers"
  | "listSupplierOffers"
  | "createOffer"
  | "retrieveOffer"
  | "updateOffer"
  | "removeOffer";

export function offers(engine: Engine): Operations<Ids> {
  const { market } = engine;
  const write = (kept: Kept<OfferDocument>): Wire => writeOffer(engine, kept);
  return {
    async listInstrumentOffers({ path }) {
      const instrument = canonical(path.instrument);
      if (market.instrumentDocument(instrument) === undefined) return noInstrument(engine, instrument);
      return { status: 200, body: { data: [...market.offerDocuments({ instrument })].sort(byAsk).map(write) } };
    },
    async listSupplierOffers({ path: { supplier } }) {
      if (market.supplierDocument(supplier) === undefined) return noSupplier(supplier);
      return { status: 200, body: { data: [...market.offerDocuments({ supplier })].sort(byId).map(write) } };
    },
    async createOffer({ path, body }, asker) {
      // Whoever has just added it somewhere else goes on here.
      const { kept: seller } = await newestOf(engine.ledger, "supplier", path.supplier);
      if (seller === undefined) return noSupplier(path.supplier);
      const document = await readCreation(engine, seller.document, body);
      if (isRefused(document)) return document;
      const made = await create({ ...written(engine, offerIdOf(document), asker), param: "instrument", document });
      return isRefused(made) ? made : { status: 201, body: write(made) };
    },
    async retrieveOffer({ path }) {
      const kept = market.offerDocument(path.offer_id);
      return kept === undefined ? noOffer(path.offer_id) : { status: 200, body: write(kept) };
    },
    async updateOffer({ path, body }, asker) {
      const changed = await revise({
        ...written(engine, path.offer_id, asker),
        ifVersion: body.if_version,
        change: (document) => changedBy(engine, document, body),
        missing: () => noOffer(path.offer_id),
      });
      return isRefused(changed) ? changed : { status: 200, body: write(changed) };
    },
    async removeOffer({ path }, { key }) {
      const isRemoved = await market.removeOffer(path.offer_id, key.publicId);
      return isRemoved ? { status: 204 } : noOffer(path.offer_id);
    },
  };
}

/** Where an offer is written, and by whom. */
function written({ ledger, market }: Engine, id: string, { key }: Asker) {
  return {
    thing: "offer",
    name: id,
    newest: () => newestOf(ledger, "offer", id),
    put: (document: OfferDocument, expects: number) => market.putOffer(document, { author: key.publicId, expects }),
  };
}

function noOffer(id: string): Refused {
  return notFound("offer", id, "offer_id");
}

function byAsk(a: Kept<OfferDocument>, b: Kept<OfferDocument>): number {
  return a.document.askMicros - b.document.askMicros || byId(a, b);
}

function byId(a: Kept<OfferDocument>, b: Kept<OfferDocument>): number {
  return offerIdOf(a.document) < offerIdOf(b.document) ? -1 : 1;
}
