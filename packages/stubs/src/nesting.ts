/** Values that are nested too deep for those who have to write them again. */
import { LEVELS_MAX } from "@interchange/inference";

/** Whether the value of a text of so many bytes has more levels than anybody is told. A short text has no room for them. */
export function isTooDeep(value: unknown, bytes: number): boolean {
  return bytes > 2 * LEVELS_MAX && exceeds(value, LEVELS_MAX);
}

function exceeds(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  const inner: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  return inner.some((each) => typeof each === "object" && exceeds(each, levels - 1));
}
