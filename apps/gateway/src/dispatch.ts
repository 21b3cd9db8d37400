/** Which surface a request is for, where several share one port. */

import type { Config } from "@interchange/config";
import type { Refusal } from "@interchange/inference";
import type { Request } from "express";
import { withoutEndSlashes } from "./slashes.ts";
import type { Surface } from "./surface.ts";

export type Dispatch = (req: Request) => Surface;

/**
 * By host name where the operator has given one, else by path. A path that two surfaces share, such as `/v1/models`, is
 * told apart by the header that the clients of one of them always send.
 */
export function createDispatch(config: Config, surfaces: readonly Surface[]): Dispatch {
  const byHost = new Map(
    surfaces.flatMap((surface) => hostsOf(config, surface).map((host) => [host, surface] as const)),
  );
  const byPath = ownPaths(surfaces);
  const fallback = surfaces[0] as Surface;
  const meant = onceFor((req) => {
    const path = plain(req.path);
    return byPath.get(path) ?? surfaces.find((surface) => isSpoken(surface, req, path)) ?? fallback;
  });
  const byPathOrMarks: Dispatch = (req) => byPath.get(req.path) ?? meant(req);
  return byHost.size === 0 ? byPathOrMarks : (req) => byHost.get(hostOf(req)) ?? byPathOrMarks(req);
}

/** A request is asked about on every leg, and means the same on each of them. */
function onceFor(dispatch: Dispatch): Dispatch {
  const known = new WeakMap<Request, Surface>();
  return (req) => {
    const found = known.get(req) ?? dispatch(req);
    known.set(req, found);
    return found;
  };
}

/** The path as the document spells it: without the leg, without regard to case or to slashes at the end. */
function plain(path: string): string {
  return withoutEndSlashes(path.toLowerCase().replace(/^\/(inline|r\/[^/]+)(?=\/)/, ""));
}

function hostsOf(config: Config, surface: Surface): readonly string[] {
  return config.hosts[surface.name as keyof Config["hosts"]];
}

function hostOf(req: Request): string {
  return (req.headers.host ?? "").replace(/:\d+$/, "").toLowerCase();
}

/** Paths that one surface alone has. */
function ownPaths(surfaces: readonly Surface[]): ReadonlyMap<string, Surface> {
  const paths = surfaces.flatMap((surface) => [...new Set(surface.routes.map((route) => route.path))]);
  const shared = new Set(paths.filter((path, index) => paths.indexOf(path) !== index));
  return new Map(
    surfaces.flatMap((surface) =>
      surface.routes.filter((route) => !shared.has(route.path)).map((route) => [route.path, surface] as const),
    ),
  );
}

/** A caller that sends a surface's own header, or aims near one of its paths, means that surface. */
function isSpoken(surface: Surface, req: Request, path: string): boolean {
  return surface.marks.some((header) => req.headers[header] !== undefined) || path.includes(`/${surface.name}`);
}

/** What a caller who took a wrong path may have meant. */
export function unknownPath(surface: Surface, req: Request): Refusal {
  const hint = hintFor(surface, req.path);
  return { kind: "unknown-path", path: req.path, ...(hint === undefined ? {} : { hint }) };
}

function hintFor(surface: Surface, path: string): string | undefined {
  if (/\/v1\/v1(\/|$)/.test(path))
    return "The base URL already ends in /v1, or the client adds it by itself: write it once.";
  if (path.endsWith("/responses")) return "The Responses format is not offered; use /v1/chat/completions.";
  const meant = surface.routes.find((route) => route.path.endsWith(path) || path.endsWith(route.path));
  return meant === undefined ? `Requests go to ${pathOfInference(surface)}.` : `Did you mean ${meant.path}?`;
}

function pathOfInference(surface: Surface): string {
  return surface.routes.find((route) => route.operationId === surface.operationId)?.path ?? "/v1";
}
