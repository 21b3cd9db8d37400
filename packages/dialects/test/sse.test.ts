/** Server-sent events, as the standard has them and as servers send them. */
import { describe, expect, test } from "vitest";
import { type SseReader, type SseRecord, sseReader } from "../src/sse.ts";

type Row = readonly [name: string, given: string, want: readonly SseRecord[]];

const ROWS: readonly Row[] = [
  ["LF", "data: a\n\ndata: b\n\n", [{ data: "a" }, { data: "b" }]],
  ["S25 CRLF", "event: e\r\ndata: a\r\n\r\ndata: b\r\n\r\n", [{ event: "e", data: "a" }, { data: "b" }]],
  ["S25 lone CR", "event: e\rdata: a\r\rdata: b\r\r", [{ event: "e", data: "a" }, { data: "b" }]],
  ["all three mixed", "data: a\r\n\ndata: b\r\r\ndata: c\n\r", [{ data: "a" }, { data: "b" }, { data: "c" }]],
  ["S25 no space after the colon, and two of them", "data:a\n\ndata:  b\n\n", [{ data: "a" }, { data: " b" }]],
  ["S25 several lines of data", "data: a\ndata: b\ndata\n\n", [{ data: "a\nb\n" }]],
  ["S25 a mark at the start", "\uFEFFdata: a\n\n", [{ data: "a" }]],
  ["a mark elsewhere is text", "data: \uFEFFa\n\n", [{ data: "\uFEFFa" }]],
  ["S26 comments", ": hello\ndata: a\n: more\n\n:\n\n", [{ data: "a" }]],
  ["unknown fields", "id: 1\nretry: 5\ndatum: x\ndata: a\n\n", [{ data: "a" }]],
  ["a name without data is nothing, and does not stay", "event: e\n\ndata: a\n\n", [{ data: "a" }]],
  ["empty data", "data:\n\n", [{ data: "" }]],
  ["a last record without its empty line", "data: a\n\ndata: b", [{ data: "a" }, { data: "b" }]],
  ["S24 characters of several bytes", "data: añ漢🙂\n\n", [{ data: "añ漢🙂" }]],
];

function readPieces(pieces: readonly Uint8Array[]): readonly SseRecord[] {
  const reader = sseReader();
  return [...pieces.flatMap((piece) => read(reader, piece)), ...reader.end()];
}

/** Without the bytes, which depend on where they were cut. */
function read(reader: SseReader, piece: Uint8Array): readonly SseRecord[] {
  return reader.push(piece).map(({ bytes: _, ...record }) => record);
}

describe("server-sent events", () => {
  test.each(ROWS)("%s", (_name, given, want) => {
    const bytes = Buffer.from(given);
    expect(readPieces([bytes])).toEqual(want);
    expect(readPieces(Array.from(bytes, (_, at) => bytes.subarray(at, at + 1)))).toEqual(want);
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(readPieces([bytes.subarray(0, cut), bytes.subarray(cut)]), `cut at ${cut}`).toEqual(want);
    }
  });

  test("a record is given as soon as its empty line is there", () => {
    const reader = sseReader();
    expect(reader.push(Buffer.from("data: a\n"))).toEqual([]);
    expect(reader.push(Buffer.from("\nda"))).toEqual([{ data: "a" }]);
  });

  test("bytes that are reused by whoever pushed them are not read again", () => {
    const reader = sseReader();
    const bytes = Buffer.from("data: a");
    reader.push(bytes);
    bytes.fill("x");
    expect(reader.push(Buffer.from("\n\n"))).toEqual([{ data: "a" }]);
  });

  test("a record over the limit ends the reading, in one line or in many", () => {
    for (const line of ["data: 0123456789", "data: 01\ndata: 23\ndata: 45"]) {
      const reader = sseReader(20);
      expect(read(reader, Buffer.from("data: a\n\n"))).toEqual([{ data: "a" }]);
      expect(reader.overflowed).toBe(false);
      reader.push(Buffer.from(line));
      reader.push(Buffer.from(line));
      expect(reader.overflowed).toBe(true);
      expect([...reader.push(Buffer.from("\n\ndata: b\n\n")), ...reader.end()]).toEqual([]);
    }
  });

  test("many records, each under the limit", () => {
    const reader = sseReader(20);
    expect(reader.push(Buffer.from("data: 0123\n\n".repeat(50)))).toHaveLength(50);
    expect(reader.overflowed).toBe(false);
  });
});

describe("the bytes of a record", () => {
  /** The bytes of each record that has them, of pieces pushed one after the other. */
  const bytesOf = (...pieces: readonly (string | Buffer)[]): readonly string[] => {
    const reader = sseReader();
    const records = pieces.flatMap((piece) => [...reader.push(Buffer.from(piece))]);
    return records.flatMap(({ bytes }) => (bytes === undefined ? [] : [Buffer.from(bytes).toString()]));
  };

  test("are those between one empty line and the next", () => {
    const [one, other] = ["data: a\n\n", "event: e\ndata: {}\n\n"];
    expect(bytesOf(one + other)).toEqual([one, other]);
    expect(bytesOf(`${one}data: cut`, ` here\n\n${other}`)).toEqual([one, other]);
    expect(bytesOf(one, other)).toEqual([one, other]);
  });

  test.each([
    ["a comment", ": from inside\ndata: a\n\n"],
    ["a comment in a read of its own", ": from inside\n"],
    ["an id", "id: 1\ndata: a\n\n"],
    ["a field that nobody knows", "data: a\nx: 1\n\n"],
    ["several lines of data", "data: a\ndata: b\n\n"],
    ["two names", "event: a\nevent: b\ndata: a\n\n"],
    ["no space after the colon", "data:a\n\n"],
    ["a mark at the start", "\uFEFFdata: a\n\n"],
    ["other line ends", "data: a\r\n\r\n"],
    ["bytes that are no UTF-8", Buffer.from([100, 97, 116, 97, 58, 32, 0xc3, 0x28, 10, 10])],
  ])("are not given of one with %s, but of the next", (_, given) => {
    expect(bytesOf(given, "data: a\n\ndata: next\n\n").at(-1)).toBe("data: next\n\n");
    expect(bytesOf(given, "data: a\n\ndata: next\n\n").join("")).not.toContain("inside");
    expect(bytesOf(given)).toEqual([]);
  });
});
