/** The running simulator: a port, what it serves there, and what tests may ask of it. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { readBody } from "./body.ts";
import { isAdmitted } from "./credential.ts";
import { type Directives, readDirectives } from "./directive.ts";
import { Declined, type Desk, type Exchange } from "./exchange.ts";
import type { VendorError } from "./format.ts";
import { requestIdOf } from "./inference.ts";
import { formatOf, isOwnPath, operationOf } from "./operation.ts";
import { play } from "./playback.ts";
import { createProgramme } from "./programme.ts";
import { type RecordedRequest, recordOf, remember } from "./record.ts";
import { jsonScript } from "./script.ts";
import { readSettings, type Settings } from "./settings.ts";

export type SupplierOptions = {
  /** 0, the default: any free one. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Settings that differ from the defaults. */
  readonly config?: Partial<Settings>;
};

export type Supplier = {
  /** The origin, without a path. */
  readonly url: string;
  readonly port: number;
  /** What arrived, oldest first; health checks and the control endpoint are left out. */
  readonly requests: readonly RecordedRequest[];
  /** Programs the requests that follow, or only the next so many of them. Throws DirectiveError. */
  readonly program: (directives: Directives, options?: { readonly times?: number }) => void;
  /** Closes the port and every connection. */
  readonly close: () => Promise<void>;
};

/** Starts a simulator. Throws SettingsError, and what listening throws. */
export async function startSupplier(options: SupplierOptions = {}): Promise<Supplier> {
  const desk = createDesk(readSettings(options.config));
  const host = options.host ?? "127.0.0.1";
  const server = createServer({ keepAliveTimeout: 75_000, requestTimeout: 0 }, (request, response) => {
    void serve(desk, request, response);
  });
  server.listen(options.port ?? 0, host);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${port}`,
    port,
    requests: desk.requests,
    program: (directives, { times } = {}) => desk.programme.set(readDirectives(directives), times),
    close: () => close(server),
  };
}

function createDesk(settings: Settings): Desk {
  const tag = randomBytes(4).toString("hex");
  let count = 0;
  return {
    settings,
    programme: createProgramme(),
    requests: [],
    nextSerial: () => `sim${tag}${String(++count).padStart(8, "0")}`,
  };
}

async function serve(desk: Desk, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? "").split("?", 1)[0] as string;
  const exchange: Exchange = { desk, request, response, path, record: recordOf(request), serial: desk.nextSerial() };
  try {
    await answer(exchange);
  } catch (error) {
    await decline(exchange, error);
  }
}

async function answer(exchange: Exchange): Promise<void> {
  const { desk, request, record } = exchange;
  const isOwn = isOwnPath(exchange.path);
  if (!isOwn) remember(desk.requests, record, desk.settings.recordMax);
  record.body = await readBody(request);
  if (!isOwn && !isAdmitted(formatOf(exchange), request.headers, desk.settings.credential)) {
    throw new Declined({ status: 401, message: "the credential is missing or wrong" });
  }
  await operationOf(exchange).serve(exchange);
}

/** Says no in the vendor's shape; a bug is said on stderr and as a 500, and a caller that has left is noted. */
async function decline(exchange: Exchange, error: unknown): Promise<void> {
  const { response, request, record, serial } = exchange;
  if (request.readableAborted) {
    record.aborted = true;
    return;
  }
  request.resume();
  if (!(error instanceof Declined)) process.stderr.write(`supplier-sim: ${inspect(error)}\n`);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const vendorError: VendorError =
    error instanceof Declined
      ? error.vendorError
      : { status: 500, message: "the simulator has a bug; its log says more" };
  const format = formatOf(exchange);
  const body = format.writeError(vendorError, requestIdOf(serial));
  const script = jsonScript(vendorError.status, body, { [format.requestIdHeader]: requestIdOf(serial) });
  await play(script, response, record, { beforeHeadersMs: 0, beforeFirstMs: 0, betweenMs: 0 });
}

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
