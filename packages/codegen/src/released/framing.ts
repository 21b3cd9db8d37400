/** How a stream is framed. It breaks every reader of streams when it changes, and `redocly diff` knows nothing of `x-sse`. */
import { type Change, placeOf } from "./change.ts";

type Framings = ReadonlyMap<string, string>;

/** Every framing that was released and is another one now. Streams that are gone are for `redocly diff` to tell. */
export function framingChanges(released: object, current: object): Change[] {
  const now = framingsOf(current);
  return [...framingsOf(released)]
    .filter(([place, framing]) => now.has(place) && now.get(place) !== framing)
    .map(([place, framing]) => ({
      impact: "major",
      where: placeOf(place, [released, current]),
      what: `The framing of its stream, \`x-sse\`, changed from ${framing} to ${now.get(place)}.`,
      rule: "framing-changed",
    }));
}

function framingsOf(document: object): Framings {
  return new Map(streamsIn(document, "#"));
}

function streamsIn(value: unknown, pointer: string): [string, string][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]: [string, unknown]): [string, string][] => {
    const place = `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    if (key !== "text/event-stream") return streamsIn(child, place);
    const { "x-sse": framing = null } = child as { "x-sse"?: unknown };
    return [[place, JSON.stringify(framing)]];
  });
}
