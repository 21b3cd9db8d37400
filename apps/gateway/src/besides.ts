/** What stands beside the surfaces: health, metrics, public keys, the reference. */
import type { ServerResponse } from "node:http";
import express, { Router } from "express";
import { CORS_HEADERS } from "./cors.ts";
import type { Engine } from "./engine.ts";
import { metrics } from "./metrics.ts";
import type { Stopping } from "./stopping.ts";

export interface BesidesOptions {
  readonly engine: Engine;
  readonly stopping: Stopping;
  readonly docsDir?: string;
}

/** The pages ask nobody but this gateway for anything. The references bring script and style inside them; the search asks for its index. */
const DOCS_POLICY =
  "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export function besides({ engine, stopping, docsDir }: BesidesOptions): Router {
  const router = Router();
  router.get("/healthz", (_, res) => void res.json({ status: "alive" }));
  router.get("/readyz", async (_, res) => {
    const problem = stopping.isStopping ? "stopping" : await ledgerProblem(engine);
    res.status(problem === undefined ? 200 : 503).json({ status: problem ?? "ready" });
  });
  router.get("/metrics", metrics(engine));
  router.get("/.well-known/jwks.json", (_, res) => {
    res.set(CORS_HEADERS).setHeader("cache-control", "public, max-age=300");
    res.json(engine.tickets.jwks());
  });
  if (docsDir !== undefined) {
    const setHeaders = (res: ServerResponse) => void res.setHeader("content-security-policy", DOCS_POLICY);
    router.use("/docs", express.static(docsDir, { setHeaders }));
    router.get("/", (_, res) => res.redirect(302, "/docs/"));
    router.get("/llms.txt", (_, res) => res.redirect(302, "/docs/llms.txt"));
  }
  return router;
}

async function ledgerProblem(engine: Engine): Promise<string | undefined> {
  try {
    await engine.ledger.ping();
    return undefined;
  } catch {
    return "the ledger does not answer";
  }
}
