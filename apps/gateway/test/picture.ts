/** Pictures as far as their size: the beginnings of files, in base64. */

/** PNG (third edition) §5.2 and §11.2.1. */
export function png(width: number, height: number): string {
  const bytes = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");
  return Buffer.concat([bytes, uint32(width), uint32(height), Buffer.from("0806000000", "hex")]).toString("base64");
}

/** GIF89a §18. */
export function gif(width: number, height: number): string {
  const size = Buffer.alloc(4);
  size.writeUInt16LE(width, 0);
  size.writeUInt16LE(height, 2);
  return Buffer.concat([Buffer.from("GIF89a"), size, Buffer.alloc(8)]).toString("base64");
}

/** RFC 9649 §2.7: the extended form. */
export function webp(width: number, height: number): string {
  const size = Buffer.alloc(6);
  size.writeUIntLE(width - 1, 0, 3);
  size.writeUIntLE(height - 1, 3, 3);
  const head = Buffer.from("524946461e00000057454250565038580a00000000000000", "hex");
  return Buffer.concat([head, size]).toString("base64");
}

/** ITU-T T.81 §B.2.2, behind segments of an application's own of so many bytes together. */
export function jpeg(width: number, height: number, bytesBefore = 16): string {
  const before = Buffer.alloc(bytesBefore + 4);
  before.writeUInt16BE(0xffe0, 0);
  before.writeUInt16BE(bytesBefore + 2, 2);
  const frame = Buffer.from("ffc00011080000000003012200021101031101", "hex");
  frame.writeUInt16BE(height, 5);
  frame.writeUInt16BE(width, 7);
  return Buffer.concat([Buffer.from("ffd8", "hex"), before, frame, Buffer.alloc(64)]).toString("base64");
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
