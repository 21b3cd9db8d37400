/** The control endpoint, for tests that run the simulator as a process: `/sim/program` and `/sim/requests`. */
import { readJson } from "./body.ts";
import { DirectiveError, readDirectives } from "./directive.ts";
import { Declined, type Exchange } from "./exchange.ts";
import type { JsonObject } from "./json.ts";
import type { RecordedRequest } from "./record.ts";

/** `PUT /sim/program?times=n`: directives for the requests that follow. Throws Declined (400). */
export function serveProgram({ desk, request, record }: Exchange): object {
  const times = new URL(request.url ?? "", "http://sim").searchParams.get("times");
  if (times !== null && !/^\d+$/.test(times))
    throw new Declined({ status: 400, message: "times must be a whole number" });
  desk.programme.set(directivesOf(readJson(record.body)), times === null ? undefined : Number(times));
  return { ok: true };
}

function directivesOf(body: JsonObject): ReturnType<typeof readDirectives> {
  try {
    return readDirectives(body);
  } catch (error) {
    if (error instanceof DirectiveError) throw new Declined({ status: 400, message: error.message });
    throw error;
  }
}

/** `DELETE /sim/program`: nothing is programmed any more. */
export function serveNoProgram({ desk }: Exchange): object {
  desk.programme.set({});
  return { ok: true };
}

/** `GET /sim/requests`: what was recorded, bodies as text, the simulator's own credential blotted out. */
export function serveRequests({ desk }: Exchange): object {
  return {
    requests: desk.requests.map((record) => ({
      ...record,
      headers: blotted(record, desk.settings.credential),
      body: String(record.body),
    })),
  };
}

function blotted({ headers }: RecordedRequest, credential: string | undefined): JsonObject {
  if (credential === undefined) return headers;
  const blot = (value: unknown) => (typeof value === "string" ? value.replaceAll(credential, "***") : value);
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, blot(value)]));
}

/** `DELETE /sim/requests`: everything recorded is forgotten. */
export function serveNoRequests({ desk }: Exchange): object {
  desk.requests.length = 0;
  return { ok: true };
}
