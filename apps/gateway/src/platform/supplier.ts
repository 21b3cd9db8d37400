/** Suppliers: who is asked, and how. */

import type { Variables } from "@interchange/config";
import type { Supplier as Wire } from "@interchange/contract/platform";
import type { Engine } from "../engine.ts";
import { type Kept, newestOf, type SupplierDocument } from "../market/index.ts";
import type { Asker, Operations } from "./operation.ts";
import { isRefused, notFound, type Refused } from "./refused.ts";
import { create, revise } from "./revision.ts";
import { changedBy, readCreation, writeSupplier } from "./supplier-document.ts";

type Ids = "listSuppliers" | "createSupplier" | "retrieveSupplier" | "updateSupplier" | "removeSupplier";

/** `variables` have the secrets of suppliers; they are those of this process unless given. */
export function suppliers(engine: Engine, variables: Variables = process.env): Operations<Ids> {
  const { market, clock } = engine;
  const write = (kept: Kept<SupplierDocument>): Wire => writeSupplier(kept, inFlightAt(engine, kept.document.name));
  return {
    async listSuppliers() {
      return { status: 200, body: { data: [...market.supplierDocuments()].sort(byName).map(write) } };
    },
    async createSupplier({ body }, asker) {
      const document = readCreation(body, variables, clock());
      if (isRefused(document)) return document;
      const made = await create({ ...written(engine, body.name, asker), param: "name", document });
      return isRefused(made) ? made : { status: 201, body: write(made) };
    },
    async retrieveSupplier({ path }) {
      const kept = market.supplierDocument(path.supplier);
      return kept === undefined ? noSupplier(path.supplier) : { status: 200, body: write(kept) };
    },
    async updateSupplier({ path, body }, asker) {
      const changed = await revise({
        ...written(engine, path.supplier, asker),
        ifVersion: body.if_version,
        change: (document) => changedBy(market, document, body, variables),
        missing: () => noSupplier(path.supplier),
      });
      return isRefused(changed) ? changed : { status: 200, body: write(changed) };
    },
    async removeSupplier({ path }, { key }) {
      const isRemoved = await market.removeSupplier(path.supplier, key.publicId);
      return isRemoved ? { status: 204 } : noSupplier(path.supplier);
    },
  };
}

export function noSupplier(name: string): Refused {
  return notFound("supplier", name, "supplier");
}

/** Where a supplier is written, and by whom. */
function written({ ledger, market }: Engine, name: string, { key }: Asker) {
  return {
    thing: "supplier",
    name,
    newest: () => newestOf(ledger, "supplier", name),
    put: (document: SupplierDocument, expects: number) =>
      market.putSupplier(document, { author: key.publicId, expects }),
  };
}

function byName(a: Kept<SupplierDocument>, b: Kept<SupplierDocument>): number {
  return a.document.name < b.document.name ? -1 : 1;
}

function inFlightAt({ market }: Engine, name: string): number {
  let count = 0;
  for (const { supplier, inFlight } of market.health.all()) if (supplier === name) count += inFlight;
  return count;
}
