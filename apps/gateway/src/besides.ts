/** What stands beside the surfaces: health, public keys, the reference. */
import express, { Router } from "express";
import { CORS_HEADERS } from "./cors.ts";
import type { Engine } from "./engine.ts";
import type { Stopping } from "./stopping.ts";

export interface BesidesOptions {
  readonly engine: Engine;
  readonly stopping: Stopping;
  readonly docsDir?: string;
}

export function besides({ engine, stopping, docsDir }: BesidesOptions): Router {
  const router = Router();
  router.get("/healthz", (_, res) => void res.json({ status: "alive" }));
  router.get("/readyz", async (_, res) => {
    const problem = stopping.isStopping ? "stopping" : await ledgerProblem(engine);
    res.status(problem === undefined ? 200 : 503).json({ status: problem ?? "ready" });
  });
  router.get("/.well-known/jwks.json", (_, res) => {
    res.set(CORS_HEADERS).setHeader("cache-control", "public, max-age=300");
    res.json(engine.tickets.jwks());
  });
  if (docsDir !== undefined) {
    router.use("/docs", express.static(docsDir));
    router.get("/", (_, res) => res.redirect(302, "/docs/"));
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
