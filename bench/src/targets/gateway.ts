/**
 * The gateway as it is started for real: contract, key, route, durable hold, ticket. It sells one instrument for each format
 * that the supplier speaks, so that a caller chooses the format by the instrument. The supplier's origin is the first argument;
 * where redirects are not followed nothing need listen there.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_TIMEOUTS, readConfig, type SupplierRow, startGateway } from "@interchange/gateway";
import { reportSpent } from "../target.ts";

const INSTRUMENTS = { "text-prime": "chat-completions", "code-prime": "messages" } as const;

const suppliers = Object.entries(INSTRUMENTS).map(
  ([instrument, dialect]): SupplierRow => ({
    name: dialect,
    baseUrl: process.argv[2] ?? "http://127.0.0.1:9",
    dialects: [dialect],
    timeouts: DEFAULT_TIMEOUTS,
    offers: [{ supplier: dialect, dialect, instrument, model: "none", askMicros: 1, features: [], delivery: "relay" }],
  }),
);

const dataDir = mkdtempSync(join(tmpdir(), "interchange-bench-"));
process.on("exit", () => rmSync(dataDir, { recursive: true, force: true }));

const reading = readConfig({ env: { PORT: "0", INTERCHANGE_DATA_DIR: dataDir }, cwd: dataDir });
if (reading.kind === "refused") throw new Error(reading.problems.join("\n"));
const gateway = await startGateway({ ...reading.config, suppliers });
const { ledger } = gateway.engine;
const account = await ledger.openAccount({ name: "Bench" });
for (const instrument of Object.keys(INSTRUMENTS)) {
  await ledger.deposit({ accountId: account.id, instrument, tokens: 1e15, costMicros: 0 });
}
const { secret } = await ledger.createKey({ accountId: account.id, role: "consumption" });

reportSpent({ url: gateway.url, headers: { authorization: `Bearer ${secret}` } });
