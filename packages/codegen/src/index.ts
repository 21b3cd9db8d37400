/** From the hand-written contract to everything that is generated of it: read the documents, emit, gather the files. */
import { readDocuments } from "./document.ts";
import { emitClient, emitClientEntrance } from "./emit/client.ts";
import { emitContractDocument } from "./emit/contract-document.ts";
import { emitContractEntrance } from "./emit/contract-entrance.ts";
import { emitContractSchemas } from "./emit/contract-schemas.ts";
import { emitContractTypes } from "./emit/contract-types.ts";
import { emitContractValidators } from "./emit/contract-validators.ts";
import { emitOperationsTable } from "./emit/operations-table.ts";
import { emitStubs, emitStubsEntrance } from "./emit/stubs.ts";
import { type Files, gather } from "./file.ts";

const emitters = [
  emitContractTypes,
  emitContractSchemas,
  emitContractValidators,
  emitContractDocument,
  emitStubs,
  emitClient,
];

const entranceEmitters = [emitContractEntrance, emitOperationsTable, emitStubsEntrance, emitClientEntrance];

/** Every generated file of the documents that this redocly.yaml lists. */
export async function generate(configFile: string): Promise<Files> {
  const documents = await readDocuments(configFile);
  const files = await Promise.all([
    ...documents.flatMap((document) => emitters.map((emit) => emit(document))),
    ...entranceEmitters.map((emit) => emit(documents)),
  ]);
  return gather(files);
}
