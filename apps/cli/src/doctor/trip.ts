/** The trip of one question, as it went: asked, sent on, and answered as a stream, with the time of each. */
import type { SurfaceName } from "./context.ts";
import type { Stream } from "./stream.ts";

/** Both names under which an answer says which request it is for. */
export interface Ids {
  readonly "x-request-id": string | null;
  readonly "request-id": string | null;
}

export interface Asking {
  readonly surface: SurfaceName;
  /** In one leg, below `/inline`. */
  readonly inline: boolean;
}

/** A first leg that was answered with a redirect which nobody has followed yet. */
export interface Redirected {
  readonly surface: SurfaceName;
  /** Undefined where it does not say where to, or nowhere that is a place. */
  readonly location: URL | undefined;
  readonly ids: Ids;
  readonly askedAtMs: number;
  readonly tookMs: number;
}

export interface Trip extends Asking {
  readonly kind: "trip";
  /** Of each leg, in order. */
  readonly ids: readonly Ids[];
  /** From asking to the first token, both legs together; undefined where none came. */
  readonly firstTokenMs: number | undefined;
  readonly stream: Stream;
}

/** Of the last leg; the name that survived. */
export function idOf({ ids }: Pick<Trip, "ids">): string | undefined {
  const last = ids.at(-1);
  return last?.["x-request-id"] ?? last?.["request-id"] ?? undefined;
}

/** How a trip is called in a sentence. */
export function nameOf({ surface, inline }: Asking): string {
  return inline ? `${surface} inline` : surface;
}
