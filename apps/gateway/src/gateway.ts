/** A running gateway. */
import type { AddressInfo } from "node:net";
import type { Config } from "@interchange/config";
import { type AnyResponse, createServer, type Route } from "@interchange/stubs";
import { pino } from "pino";
import { createApp } from "./app.ts";
import { type Engine, type EngineOptions, openEngine } from "./engine.ts";
import { answerMisread } from "./misread.ts";
import { createStopping, FOLLOW_MS } from "./stopping.ts";
import type { Api } from "./surface.ts";
import { SURFACES, type SurfaceRow } from "./surfaces.ts";
import { toOriginForm } from "./target.ts";

export interface Gateway {
  readonly url: string;
  readonly engine: Engine;
  /** Lets running answers finish, settles what they hold, and closes the books. */
  close(): Promise<void>;
}

export interface GatewayOptions extends Partial<EngineOptions> {
  readonly docsDir?: string;
  readonly inspect?: (api: Api, route: Route, response: AnyResponse) => void;
  /** How long a stop waits for whoever was redirected last; `FOLLOW_MS` unless given. */
  readonly followMs?: number;
}

/** Clients keep connections longer than node's default; closing first would cost some of them a request. */
const KEEP_ALIVE_MS = 65_000;

/** Speaks where nothing of a request tells the surfaces apart. */
const FALLBACK = (SURFACES[0] as SurfaceRow).surface;

export async function startGateway(config: Config, options: GatewayOptions = {}): Promise<Gateway> {
  const log = options.log ?? pino({ level: "silent" });
  const engine = await openEngine(config, { ...options, log });
  const stopping = createStopping(options.followMs ?? FOLLOW_MS);
  const { docsDir, inspect } = options;
  const app = createApp({
    engine,
    stopping,
    ...(docsDir === undefined ? {} : { docsDir }),
    ...(inspect === undefined ? {} : { inspect }),
  });
  const server = createServer(app, { keepAliveTimeout: KEEP_ALIVE_MS, headersTimeout: KEEP_ALIVE_MS + 1_000 });
  // Express remembers the host in a target when it is first asked, so it must not see one.
  server.prependListener("request", toOriginForm);
  answerMisread(server, FALLBACK, log);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(config.port, config.host, resolve);
  }).catch(async (error: unknown) => {
    await engine.close();
    throw error;
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${config.host === "0.0.0.0" || config.host === "::" ? "localhost" : config.host}:${port}`,
    engine,
    async close() {
      await stopping.stop(server, config.limits.drainMs);
      await engine.close();
    },
  };
}
