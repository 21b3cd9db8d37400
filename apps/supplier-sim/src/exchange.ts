/** One request on its way to its answer. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { VendorError } from "./format.ts";
import type { Programme } from "./programme.ts";
import type { RecordedRequest } from "./record.ts";
import type { Settings } from "./settings.ts";

/** What all exchanges of one running simulator share. */
export type Desk = {
  readonly settings: Settings;
  readonly programme: Programme;
  readonly requests: RecordedRequest[];
  /** A new one on each call: letters and digits. */
  readonly nextSerial: () => string;
};

export type Exchange = {
  readonly desk: Desk;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly record: RecordedRequest;
  /** Without its query. */
  readonly path: string;
  readonly serial: string;
};

/** Thrown where a request cannot be served; answered in the vendor's shape. */
export class Declined extends Error {
  readonly vendorError: VendorError;

  constructor(vendorError: VendorError) {
    super(vendorError.message);
    this.vendorError = vendorError;
  }
}
