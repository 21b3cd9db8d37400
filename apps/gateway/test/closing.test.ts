/** The engine closes, also when something in it does not end. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_LIMITS, readConfig } from "@interchange/config";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { openEngine } from "../src/engine.ts";

test("a run that never ends is waited for as long as the drain, and said", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "interchange-closing-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const reading = readConfig({ env: {}, cwd: dataDir });
  if (reading.kind !== "demo") throw new Error(reading.kind);
  const lines: string[] = [];
  const log = pino({}, { write: (line) => void lines.push(line) });
  const config = { ...reading.config, dataDir, limits: { ...DEFAULT_LIMITS, drainMs: 1_200 } };
  const engine = await openEngine(config, { log });
  engine.relay.idle = () => new Promise(() => {});
  const begunAtMs = performance.now();
  await engine.close();
  const tookMs = performance.now() - begunAtMs;
  expect(tookMs).toBeGreaterThan(1_100);
  expect(tookMs).toBeLessThan(5_000);
  expect(lines.join("")).toContain("runs are still under way");
  await expect(engine.ledger.ping()).rejects.toThrow("closed");
});
