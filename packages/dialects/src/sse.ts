/** Server-sent events: bytes in, records out. https://html.spec.whatwg.org/multipage/server-sent-events.html */

export interface SseRecord {
  /** The record's name; absent when it has none. */
  readonly event?: string;
  readonly data: string;
  /**
   * The record as it came, to be told on: given only of one that lies whole in the bytes that were pushed last, and has
   * nothing in it but a line of data and at most one with its name.
   */
  readonly bytes?: Uint8Array;
}

export interface SseReader {
  /** Feeds bytes as they came, cut anywhere. */
  push(bytes: Uint8Array): readonly SseRecord[];
  /** No more bytes come: a last record that lacks its empty line is given too. */
  end(): readonly SseRecord[];
  /** Whether a record was longer than allowed. Nothing is read from then on. */
  readonly overflowed: boolean;
  /** Whether all that was pushed is read: the next byte begins a record. */
  readonly isBetween: boolean;
}

const LF = 10;
const CR = 13;
const NO_RECORDS: readonly SseRecord[] = [];

/** No supplier's record comes near it: a whole image in base64 fits. */
export const RECORD_BYTES_MAX = 16 * 1024 * 1024;

/** A fresh reader for one stream. */
export function sseReader(recordBytesMax: number = RECORD_BYTES_MAX): SseReader {
  return new Reader(recordBytesMax);
}

class Reader implements SseReader {
  overflowed = false;
  readonly #recordBytesMax: number;
  /** The bytes of the line that has not ended yet. Kept as bytes, since a character may be cut. */
  #tail: Buffer[] = [];
  #recordBytes = 0;
  #afterCr = false;
  #atStart = true;
  #event: string | undefined;
  #data: string | undefined;
  #records: SseRecord[] = [];
  /** The bytes at hand, where the record in them began and where the line that is read ends; -1 when it began before. */
  #chunk: Buffer | undefined;
  #from = -1;
  #to = 0;
  #isClean = true;

  constructor(recordBytesMax: number) {
    this.#recordBytesMax = recordBytesMax;
  }

  get isBetween(): boolean {
    return this.#recordBytes === 0 && !this.#afterCr && !this.#atStart;
  }

  push(bytes: Uint8Array): readonly SseRecord[] {
    if (this.overflowed || bytes.length === 0) return NO_RECORDS;
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (this.#afterCr || chunk.includes(CR)) this.#readAnyLines(chunk);
    else this.#readLines(chunk);
    return this.#taken();
  }

  end(): readonly SseRecord[] {
    if (this.overflowed) return NO_RECORDS;
    if (this.#tail.length > 0) this.#line(this.#joined());
    this.#finishRecord();
    return this.#taken();
  }

  #taken(): readonly SseRecord[] {
    const records = this.#records;
    if (records.length === 0) return NO_RECORDS;
    this.#records = [];
    return records;
  }

  /** The common case: every line ends with LF. */
  #readLines(chunk: Buffer): void {
    let from = 0;
    this.#chunk = chunk;
    this.#from = this.#recordBytes === 0 ? 0 : -1;
    for (let to = chunk.indexOf(LF); to !== -1; to = chunk.indexOf(LF, from)) {
      this.#to = to + 1;
      this.#lineTo(chunk, from, to);
      from = to + 1;
    }
    this.#chunk = undefined;
    this.#keep(chunk, from);
  }

  /** Lines may end with CR, LF or both, and the two may lie in two chunks. */
  #readAnyLines(chunk: Buffer): void {
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at];
      const secondHalf = byte === LF && this.#afterCr;
      this.#afterCr = byte === CR;
      if (byte !== LF && byte !== CR) continue;
      if (!secondHalf) this.#lineTo(chunk, from, at);
      from = at + 1;
    }
    this.#keep(chunk, from);
  }

  #keep(chunk: Buffer, from: number): void {
    if (from === chunk.length) return;
    this.#count(chunk.length - from);
    this.#tail.push(Buffer.from(chunk.subarray(from)));
  }

  #lineTo(chunk: Buffer, from: number, to: number): void {
    this.#count(to - from);
    if (this.#tail.length === 0) return this.#line(chunk.toString("utf8", from, to));
    this.#tail.push(chunk.subarray(from, to));
    this.#line(this.#joined());
  }

  #joined(): string {
    const line = Buffer.concat(this.#tail).toString("utf8");
    this.#tail = [];
    return line;
  }

  #count(bytes: number): void {
    this.#recordBytes += bytes;
    if (this.#recordBytes > this.#recordBytesMax) this.overflowed = true;
  }

  #line(line: string): void {
    if (this.overflowed) return;
    const text = this.#atStart ? this.#withoutMark(line) : line;
    if (text === "") this.#finishRecord();
    else this.#field(text);
  }

  #withoutMark(line: string): string {
    this.#atStart = false;
    if (!line.startsWith("\uFEFF")) return line;
    this.#isClean = false;
    return line.slice(1);
  }

  #field(line: string): void {
    if (this.#isClean) this.#isClean = this.#isCleanLine(line);
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (name === "data") this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
    else if (name === "event") this.#event = value;
  }

  /** Bytes that are no UTF-8 are read as the replacement character, and not told on. */
  #isCleanLine(line: string): boolean {
    if (line.startsWith("data: ")) return this.#data === undefined && !line.includes("\uFFFD");
    return line.startsWith("event: ") && this.#event === undefined;
  }

  #finishRecord(): void {
    if (this.#data !== undefined) this.#records.push(this.#record(this.#data));
    this.#event = undefined;
    this.#data = undefined;
    this.#recordBytes = 0;
    this.#isClean = true;
    this.#from = this.#to;
  }

  #record(data: string): SseRecord {
    const named = this.#event ? { event: this.#event, data } : { data };
    if (!this.#isClean || this.#chunk === undefined || this.#from === -1) return named;
    return { ...named, bytes: this.#chunk.subarray(this.#from, this.#to) };
  }
}
