/** Where a teller tells: its events on their way into a response. */
import type { ServerResponse } from "node:http";
import { chunkOf, LAST_CHUNK, takeOverChunks } from "./chunk.ts";
import { frame, isError } from "./event-stream.ts";
import type { Framing, Sink, Teller } from "./handler.ts";

/** Resolves when all is told or the caller has left, and rejects when the teller has failed. */
export function writeTold(res: ServerResponse, framing: Framing, teller: Teller<never>): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = (): void => void teller.leave().then(resolve, reject);
    if (res.destroyed) return leave();
    res.on("drain", () => teller.drained()).once("close", leave);
    teller.start(new ResponseSink(res, framing, resolve, reject));
  });
}

type Piece = string | Uint8Array;

class ResponseSink implements Sink<unknown> {
  readonly #res: ServerResponse;
  readonly #framing: Framing;
  readonly #ended: () => void;
  readonly fail: (error: unknown) => void;
  readonly #isChunked: boolean;
  #pieces: Piece[] = [];
  #isBroken = false;

  constructor(res: ServerResponse, framing: Framing, ended: () => void, fail: (error: unknown) => void) {
    this.#res = res;
    this.#framing = framing;
    this.#isChunked = takeOverChunks(res);
    this.#ended = ended;
    this.fail = fail;
  }

  put(event: unknown): void {
    if (this.#isBroken) return;
    this.#isBroken = isError(event);
    this.#add(frame(this.#framing, event));
  }

  pass(records: Uint8Array): void {
    if (!this.#isBroken) this.#add(records);
  }

  #add(piece: Piece): void {
    const last = this.#pieces.at(-1);
    const joined = last === undefined ? undefined : joinNeighbours(last, piece);
    if (joined === undefined) this.#pieces.push(piece);
    else this.#pieces[this.#pieces.length - 1] = joined;
  }

  flush(): boolean {
    const piece = this.#taken();
    return piece === undefined ? !this.#res.writableNeedDrain : this.#res.write(this.#chunk(piece));
  }

  end(): void {
    if (this.#framing.done !== undefined && !this.#isBroken) this.#add(`data: ${this.#framing.done}\n\n`);
    const piece = this.#taken();
    if (piece !== undefined) this.#res.write(this.#chunk(piece));
    this.#res.end(this.#isChunked ? LAST_CHUNK : undefined);
    this.#ended();
  }

  #chunk(piece: Piece): Piece {
    return this.#isChunked ? chunkOf(piece) : piece;
  }

  #taken(): Piece | undefined {
    const pieces = this.#pieces;
    if (pieces.length < 2) return pieces.pop();
    this.#pieces = [];
    return Buffer.concat(pieces.map((piece) => (typeof piece === "string" ? Buffer.from(piece) : piece)));
  }
}

/** Texts in a row are one text, and bytes that lie side by side are one piece: a read that is passed on whole is not copied. */
function joinNeighbours(one: Piece, other: Piece): Piece | undefined {
  if (typeof one === "string") return typeof other === "string" ? one + other : undefined;
  if (typeof other === "string" || one.buffer !== other.buffer) return undefined;
  if (one.byteOffset + one.length !== other.byteOffset) return undefined;
  return Buffer.from(one.buffer as ArrayBuffer, one.byteOffset, one.length + other.length);
}
