/** The gateway as it is started for real: contract, key, route, durable hold, ticket. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_TIMEOUTS, readConfig, type SupplierRow, startGateway } from "@interchange/gateway";
import { reportSpent } from "../target.ts";

const INSTRUMENT = "text-prime";

/** Nobody follows the redirects of this rig, so nothing listens there. */
const supplier: SupplierRow = {
  name: "nobody",
  baseUrl: "http://127.0.0.1:9",
  dialects: ["chat-completions"],
  timeouts: DEFAULT_TIMEOUTS,
  offers: [
    {
      supplier: "nobody",
      dialect: "chat-completions",
      instrument: INSTRUMENT,
      model: "none",
      askMicros: 1,
      features: [],
      delivery: "relay",
    },
  ],
};

const dataDir = mkdtempSync(join(tmpdir(), "interchange-bench-"));
process.on("exit", () => rmSync(dataDir, { recursive: true, force: true }));

const reading = readConfig({ env: { PORT: "0", INTERCHANGE_DATA_DIR: dataDir }, cwd: dataDir });
if (reading.kind === "refused") throw new Error(reading.problems.join("\n"));
const gateway = await startGateway({ ...reading.config, suppliers: [supplier] });
const { ledger } = gateway.engine;
const account = await ledger.openAccount({ name: "Bench" });
await ledger.deposit({ accountId: account.id, instrument: INSTRUMENT, tokens: 1e15, costMicros: 0 });
const { secret } = await ledger.createKey({ accountId: account.id, role: "consumption" });

reportSpent({ url: `${gateway.url}/v1/chat/completions`, headers: { authorization: `Bearer ${secret}` } });
