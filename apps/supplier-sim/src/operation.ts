/** The operations: which method and path is served by what, and which vendor's shape its errors have. */
import { chatCompletions } from "./chat-completions/index.ts";
import { serveNoProgram, serveNoRequests, serveProgram, serveRequests } from "./control.ts";
import { Declined, type Exchange } from "./exchange.ts";
import type { Format } from "./format.ts";
import { checkModel, requestIdOf, serveInference } from "./inference.ts";
import { messages } from "./messages/index.ts";
import { serveTokenCount } from "./messages/token-count.ts";
import { play } from "./playback.ts";
import { jsonScript } from "./script.ts";

type Operation = {
  /** Answers the request. Throws Declined. */
  readonly serve: (exchange: Exchange) => Promise<void>;
  /** There only when the settings open the control endpoint. */
  readonly isControl?: boolean;
};

const operations: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
  "/v1/chat/completions": { POST: { serve: (exchange) => serveInference(chatCompletions, exchange) } },
  "/v1/messages": { POST: { serve: (exchange) => serveInference(messages, exchange) } },
  "/v1/messages/count_tokens": { POST: document(serveTokenCount) },
  "/v1/models": { GET: document(serveModels) },
  "/v1/models/{id}": { GET: document(serveModel) },
  "/healthz": { GET: document(() => ({ status: "ok" })) },
  "/sim/program": { PUT: control(serveProgram), DELETE: control(serveNoProgram) },
  "/sim/requests": { GET: control(serveRequests), DELETE: control(serveNoRequests) },
};

/** The operation of the exchange. Throws Declined (404, 405). */
export function operationOf({ request, path, desk }: Exchange): Operation {
  const methods = operations[path.startsWith("/v1/models/") ? "/v1/models/{id}" : path];
  if (methods === undefined) throw new Declined({ status: 404, message: `there is nothing at ${path}` });
  const operation = methods[request.method ?? ""];
  if (operation === undefined)
    throw new Declined({ status: 405, message: `${path} takes ${Object.keys(methods).join(", ")}` });
  if (operation.isControl === true && !desk.settings.control) {
    throw new Declined({ status: 404, message: "the control endpoint is not open: set control: true" });
  }
  return operation;
}

/** The simulator's own paths, which no vendor has: not recorded, and open without a credential. */
export function isOwnPath(path: string): boolean {
  return path === "/healthz" || path.startsWith("/sim/");
}

/** The format that the caller speaks; where the path does not tell, Anthropic's version header does. */
export function formatOf({ request, path }: Exchange): Format {
  if (path.startsWith("/v1/messages")) return messages;
  if (path.startsWith("/v1/chat/")) return chatCompletions;
  return request.headers["anthropic-version"] === undefined ? chatCompletions : messages;
}

function document(write: (exchange: Exchange) => object): Operation {
  return {
    serve: (exchange) => {
      const headers = { [formatOf(exchange).requestIdHeader]: requestIdOf(exchange.serial) };
      const pace = { beforeHeadersMs: 0, beforeFirstMs: 0, betweenMs: 0 };
      return play(jsonScript(200, write(exchange), headers), exchange.response, exchange.record, pace);
    },
  };
}

function control(write: (exchange: Exchange) => object): Operation {
  return { ...document(write), isControl: true };
}

function serveModels(exchange: Exchange): object {
  return formatOf(exchange).writeModels(Object.keys(exchange.desk.settings.models));
}

function serveModel(exchange: Exchange): object {
  const name = readPathPart(exchange.path.slice("/v1/models/".length));
  checkModel(name, exchange);
  return formatOf(exchange).writeModel(name);
}

/** Throws Declined (400) when its percent signs are no UTF-8. */
function readPathPart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new Declined({ status: 400, message: "the path is not well-formed" });
  }
}
