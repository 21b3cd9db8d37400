/** Tokens of a picture, by its size in pixels (Anthropic, "Vision": how pictures are scaled, and what they cost). */
import { disableTypes, imageSize, types } from "image-size";

/** The longest side and the most tokens that a picture has after it was scaled down. */
const SIDE_MAX = 1_568;
const TOKENS_MAX = 1_600;
const PIXELS_PER_TOKEN = 750;

/** What nobody has looked at is taken to be as large as pictures get. */
export const TOKENS_PER_UNSEEN_PICTURE = TOKENS_MAX;

/** The size stands near the beginning; in a JPEG behind what a camera wrote there. Whole groups of base64. */
const HEAD_CHARS = 262_144;

const READ = new Set(["png", "jpg", "gif", "webp"]);
disableTypes(types.filter((type) => !READ.has(type)));

/** `data` is base64. A picture whose size cannot be read counts as an unseen one. */
export function pictureTokens(data: string): number {
  const size = sizeOf(data);
  if (size === undefined) return TOKENS_PER_UNSEEN_PICTURE;
  const scale = Math.min(1, SIDE_MAX / Math.max(size.width, size.height));
  return Math.min(TOKENS_MAX, Math.ceil((size.width * scale * size.height * scale) / PIXELS_PER_TOKEN));
}

function sizeOf(data: string): { width: number; height: number } | undefined {
  try {
    const { width, height } = imageSize(Buffer.from(data.slice(0, HEAD_CHARS), "base64"));
    return width > 0 && height > 0 ? { width, height } : undefined;
  } catch {
    // It throws on whatever is not a picture, or is one cut short before its size.
    return undefined;
  }
}
