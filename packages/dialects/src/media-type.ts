/** What bytes are, by how they begin: callers name pictures by the ending of a file as often as by what is in it. */

/** In base64, as far as whole groups of it reach. */
const BEGINNINGS: readonly (readonly [begin: RegExp, mediaType: string])[] = [
  [/^iVBORw0KGgo/, "image/png"],
  [/^\/9j\//, "image/jpeg"],
  [/^R0lGOD/, "image/gif"],
  [/^UklGR.{7}XRUJQ/, "image/webp"],
  [/^JVBERi0/, "application/pdf"],
];

/** The media type that the bytes have, else the one that they are said to have, in lower case. `data` is base64. */
export function mediaTypeOf(data: string, said: string): string {
  const head = data.slice(0, HEAD_CHARS);
  return BEGINNINGS.find(([begin]) => begin.test(head))?.[1] ?? said.toLowerCase();
}

const HEAD_CHARS = 24;
