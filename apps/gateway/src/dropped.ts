/** What of a request could not be said to its supplier, named in a header. */
import { type Feature, TAKEN_FOR_GRANTED, wishesOf } from "@interchange/inference";
import type { Admission } from "./admit.ts";
import type { Surface } from "./surface.ts";

/** Proxies and clients are sparing with headers: what does not fit is counted. */
const CHARS_MAX = 1_000;

/** Room for the count at the end. */
const COUNT_CHARS = 20;

/** `x-interchange-dropped`, or nothing when nothing was. The names are in printable ASCII already. */
export function droppedHeaders(names: readonly string[]): Record<string, string> {
  return names.length === 0 ? {} : { "x-interchange-dropped": listOf(names) };
}

function listOf(names: readonly string[]): string {
  const whole = names.join(", ");
  if (whole.length <= CHARS_MAX) return whole;
  let count = 0;
  let chars = 0;
  for (const name of names) {
    chars += name.length + 2;
    if (chars > CHARS_MAX - COUNT_CHARS) break;
    count += 1;
  }
  const shown = count === 0 ? (names[0] as string).slice(0, CHARS_MAX - COUNT_CHARS) : names.slice(0, count).join(", ");
  return `${shown} and ${names.length - Math.max(count, 1)} more`;
}

/**
 * What cannot be said to the supplier, as far as that is known before it is asked. One of the same format is sent what came,
 * but for what everybody heeds and its row says that it does not.
 */
export function droppedFor(
  surface: Surface,
  body: unknown,
  { request, route }: Pick<Admission, "request" | "route">,
): readonly string[] {
  const { offer } = route;
  const half = surface.dialect.surface;
  const isOwn = offer.dialect === surface.name;
  const unmet = [...wishesOf(request)].filter((wish) => !offer.features.includes(wish));
  const leftOut = isOwn ? unmet.filter((wish) => GRANTED.has(wish)) : unmet;
  return [...(isOwn ? [] : half.unknownIn(body)), ...leftOut.map((wish) => half.parameterOf(wish))];
}

const GRANTED: ReadonlySet<Feature> = new Set(TAKEN_FOR_GRANTED);
