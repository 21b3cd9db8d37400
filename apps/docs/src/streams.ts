/** The events of one short answer on each surface, taken from the contract's own example and framed as on the wire. */
import { readFile } from "node:fs/promises";
import { parse } from "yaml";

const SPEC = new URL("../../../spec/", import.meta.url);

/** Two of the pieces are enough to see how the others go on. */
const PIECES = 2;

interface Situation {
  readonly events: readonly Readonly<Record<string, unknown>>[];
}

/** The situation `text` of a document. */
export async function readEvents(document: string, spec = SPEC): Promise<string> {
  const { events } = parse(await readFile(new URL(`${document}/examples/text.yaml`, spec), "utf8")) as Situation;
  const root = parse(await readFile(new URL(`${document}/openapi.yaml`, spec), "utf8")) as { paths: object };
  const framing = await readFraming(document, Object.values(root.paths) as { $ref: string }[], spec);
  return framed(shortened(events), framing);
}

interface Framing {
  readonly done?: string;
  readonly event?: string;
}

/** What the path with a stream says of its framing (`x-sse`, spec/README.md). */
async function readFraming(document: string, paths: readonly { $ref: string }[], spec: URL): Promise<Framing> {
  const texts = await Promise.all(
    paths.map(({ $ref }) => readFile(new URL($ref, new URL(`${document}/openapi.yaml`, spec)), "utf8")),
  );
  for (const text of texts) {
    const found = findFraming(parse(text));
    if (found !== undefined) return found;
  }
  throw new Error(`${document}: no path has a stream`);
}

function findFraming(node: unknown): Framing | undefined {
  if (typeof node !== "object" || node === null) return undefined;
  if ("x-sse" in node) return node["x-sse"] as Framing;
  for (const inner of Object.values(node)) {
    const found = findFraming(inner);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Of neighbours that have the same shape only the first few stand; a line of dots stands for the others. */
function shortened(events: Situation["events"]): (Situation["events"][number] | undefined)[] {
  let run = 0;
  return events.flatMap((event, index) => {
    const before = events[index - 1];
    run = before !== undefined && shapeOf(before) === shapeOf(event) ? run + 1 : 0;
    return run < PIECES ? [event] : run === PIECES ? [undefined] : [];
  });
}

function shapeOf(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === "string" ? "" : inner));
}

function framed(events: readonly (Situation["events"][number] | undefined)[], { done, event: name }: Framing): string {
  const lines = events.map((event) => {
    if (event === undefined) return "…\n";
    const head = name === undefined ? "" : `event: ${String(event[name])}\n`;
    return `${head}data: ${JSON.stringify(event)}\n`;
  });
  return [...lines, ...(done === undefined ? [] : [`data: ${done}\n`])].join("\n");
}
