/** What every dialect offers: a half to offer its format on a surface, a half to buy in it. */
import type {
  Feature,
  InferenceAnswer,
  InferenceEvent,
  InferenceRequest,
  Listing,
  Refusal,
  SupplierFailure,
  Wish,
} from "@interchange/inference";
import type { Quirks } from "./quirks.ts";
import type { Wire } from "./wire.ts";

/** What we need to offer the format. `Body`, `Answer`, `Event` and `Refused` are the contract's own types. */
export interface SurfaceHalf<Body = never, Answer = unknown, Event = unknown, Refused = unknown> {
  /** Reads a body that the contract has accepted. Total: it never throws on one. Header names are in lower case. */
  readRequest(body: Body, headers?: Readonly<Record<string, unknown>>): InferenceRequest;
  writeAnswer(answer: InferenceAnswer): Answer;
  /** A fresh writer for one stream. */
  writeEvents(options: WriteEventsOptions): EventWriter<Event>;
  writeRefusal(refusal: Refusal, requestId: string): Refused;
  /** One instrument in the shape in which the format shows a model. */
  writeListing(listing: Listing): unknown;
  /**
   * A page of the catalogue; `query` is the caller's, in the format's own words, as far as the format knows pages.
   * Undefined when it names an entry that is not there.
   */
  writeListings(listings: readonly Listing[], query: Readonly<Record<string, unknown>>): unknown;
  /** Paths of the properties that no other format knows: another one leaves them out, which is to be named. */
  unknownIn(body: unknown): readonly string[];
  /** The property of a request by which a caller of this format asks for it, e.g. `n`. */
  parameterOf(asked: Feature | Wish): string;
}

export interface WriteEventsOptions {
  /** Whether the caller asked to be told the usage within the stream. */
  readonly showUsage: boolean;
  /** Told in an error event, as in every refusal. */
  readonly requestId: string;
}

/** Our events in, the surface's events out, in order. */
export interface EventWriter<Event> {
  write(event: InferenceEvent): readonly Event[];
  /** Whether the caller may be given the record from which the event was read, in place of what `write` makes of it. */
  passes(event: InferenceEvent, plain: Plain): boolean;
  /** Bytes of text that wait for their turn, in nothing that was written so far. */
  waiting(): number;
}

/** A record of a supplier's stream that says one event and nothing beside it. */
export interface Plain {
  /** The format in which it is written. */
  readonly dialect: string;
  /** Its JSON, and its bytes, framed and whole. */
  readonly wire: Wire;
  readonly bytes: Uint8Array;
}

/** An event as it was read, and its record where that is plain. */
export interface Told {
  readonly event: InferenceEvent;
  readonly plain?: Plain;
}

/** Who is to fill a request, as far as that changes how it is written. */
export interface Target {
  /** The supplier's own name of the model. */
  readonly model: string;
  /** What is offered for the instrument at hand. */
  readonly features: ReadonlySet<Feature>;
  readonly quirks: Quirks;
}

/** A body for a supplier, and what the caller asked for that could not be said in it. */
export interface Written {
  readonly body: unknown;
  readonly leftOut: readonly Wish[];
}

/** What we need to buy in the format. */
export interface SupplierHalf {
  /** Where the format's operation lies under a supplier's base URL, e.g. `/v1/messages`. */
  readonly path: string;
  /** The features that the format can carry at all. */
  readonly carries: ReadonlySet<Feature>;
  /** Whether suppliers check that thinking which is given back to them is their own, and refuse what is not. */
  readonly verifiesThinking: boolean;
  /** Headers that the format demands, the credential among them when there is one. */
  writeHeaders(request: InferenceRequest, credential: string | undefined): Record<string, string>;
  /** The body for this supplier. Usage is asked for whether or not the caller wants to see it. */
  writeRequest(request: InferenceRequest, target: Target): Written;
  /** Reads a whole 200 body leniently; a body that is no answer at all is given as a failure. */
  readAnswer(wire: unknown): InferenceAnswer | SupplierFailure;
  /** A fresh reader for one stream. */
  readEvents(): EventReader;
  /** Reads a refusal. `text` is the body as received, of any kind. */
  readRefusal(status: number, headers: Readonly<Record<string, string | undefined>>, text: string): SupplierFailure;
}

/** Bytes in, our events out. Never throws on what a supplier sends: the last event is then an error. */
export interface EventReader {
  /** Feeds bytes as they came, cut anywhere. */
  read(bytes: Uint8Array): readonly Told[];
  /** The supplier has closed: what was still open is closed, or told as an error when the end was not announced. */
  close(): readonly Told[];
  /** As `read` and `close`, where only the events matter. */
  push(bytes: Uint8Array): readonly InferenceEvent[];
  end(): readonly InferenceEvent[];
}

export interface Dialect<Body = never, Answer = unknown, Event = unknown, Refused = unknown> {
  readonly name: string;
  readonly surface: SurfaceHalf<Body, Answer, Event, Refused>;
  readonly supplier: SupplierHalf;
}
