/** Whether it is Interchange that answers: its catalogue is open to everybody, and looks like nobody else's. */
import { check, failed, ok } from "../check.ts";
import type { Context } from "../context.ts";
import { type Found, given } from "../found.ts";
import { ask, detailOf, type Reply } from "../reply.ts";
import type { Target } from "../target.ts";

export const gateway = check({
  id: "gateway",
  title: "It is Interchange that answers",
  needs: ["certificate"],
  exit: 3,
  faults: {
    "no-answer": {
      sees: "The connection is closed, or nothing comes, though the port is open.",
      remedy: "Look whether the process lives and which service has the port; raise --patience where it is only slow.",
    },
    "tls-expected": {
      sees: "The connection is closed at once, or the answer is “sent HTTP to an HTTPS port”.",
      remedy: "Write https:// in the base URL.",
    },
    moved: {
      sees: "301, 302 or 308; a POST is sent on as a GET, or without its key.",
      remedy: "Use the address that it leads to as the base URL.",
    },
    "web-page": {
      sees: "HTML where JSON should be; clients say “unexpected token”.",
      remedy: "Point the base URL at the gateway itself, or have the proxy pass /v1, /r and /inline on to it.",
    },
    "proxy-without-gateway": {
      sees: "502, 503 or 504 that is not in the gateway's envelope.",
      remedy: "A proxy answers and the gateway behind it does not: start it, and correct the proxy's upstream.",
    },
    "another-api": {
      sees: "JSON, but of somebody else: other names of models, other errors, 401 without a key.",
      remedy: "Correct host and port: another API listens there, or an API manager stands in front.",
    },
    "gateway-unready": {
      sees: "500 or 503 in the gateway's own envelope, whatever is asked.",
      remedy: "Wait, if it is being stopped or started; else look at its log and at its database.",
    },
  },
  async run(context, found) {
    const target = given(found, "target");
    const reply = await ask(context, `${target.base}/v1/models`, { headers: { accept: "application/json" } });
    if (reply.kind === "silence") return silent(context, target, reply.why);
    const catalogue = catalogueIn(reply.json);
    if (reply.status === 200 && catalogue !== undefined) {
      return ok(`${catalogue.length} instruments`, { catalogue, heard: heardIn(reply) });
    }
    return stranger(reply, target);
  },
});

async function silent(context: Context, { place, base }: Target, why: string) {
  const isSecure = !place.secure && (await context.network.certificate(place, context.patienceMs)).kind !== "none";
  if (isSecure) return failed("tls-expected", `${place.host} port ${place.port} speaks TLS, and was asked without.`);
  return failed("no-answer", `${base} ${why}.`);
}

/** Every way in which it is not the gateway, or not one that can answer. */
function stranger(reply: Reply, { base }: Target) {
  const { status, headers, isPage } = reply;
  const detail = detailOf(reply);
  if (detail !== undefined) return failed("gateway-unready", `The gateway answers ${status}: ${detail}`);
  const to = headers.get("location");
  if (status >= 300 && status < 400 && to !== null) {
    return failed("moved", `${base} answers ${status} and sends on to ${placeIn(to, base)}.`);
  }
  if (status >= 502 && status <= 504) {
    return failed("proxy-without-gateway", `${serverOf(headers)} answers ${status} in the gateway's place.`);
  }
  if (isPage) return failed("web-page", `${base}/v1/models is a web page, of status ${status}.`);
  return failed("another-api", `${base}/v1/models is not Interchange's: status ${status} from ${serverOf(headers)}.`);
}

function serverOf(headers: Headers): string {
  return headers.get("server")?.slice(0, 40) ?? "something unnamed";
}

/** Without the path, which may hold anything. */
function placeIn(location: string, from: string): string {
  return URL.canParse(location, from) ? new URL(location, from).origin : "nowhere";
}

function catalogueIn(json: unknown): Found["catalogue"] | undefined {
  const { data } = (json ?? {}) as { data?: unknown };
  if (!Array.isArray(data)) return undefined;
  const models = data as readonly { id?: unknown; output_tokens_max?: unknown }[];
  const isOurs = models.every(
    ({ id, output_tokens_max }) => typeof id === "string" && typeof output_tokens_max === "number",
  );
  return isOurs ? models.map(({ id }) => String(id)) : undefined;
}

function heardIn({ headers, sentAtMs, gotAtMs }: Reply): Found["heard"] {
  return { sentAtMs, gotAtMs, date: headers.get("date"), ageSeconds: Number(headers.get("age") ?? 0) || 0 };
}
