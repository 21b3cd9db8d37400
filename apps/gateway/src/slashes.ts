/** Slashes at the end of a path. */

/** By hand: a pattern for them is tried anew at every slash of a row that something follows, which takes ages on long ones. */
export function withoutEndSlashes(path: string): string {
  let end = path.length;
  while (path.charCodeAt(end - 1) === SLASH) end -= 1;
  return path.slice(0, end);
}

const SLASH = 0x2f;
