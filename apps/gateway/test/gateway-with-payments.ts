/** A gateway whose payments go to the provider that PAYMENTS_URL names, CLOCK_AHEAD_MS ahead of the time, as a process to be killed. */

import { readConfig } from "@interchange/config";
import { pino } from "pino";
import { startGateway } from "../src/gateway.ts";
import { paymentsAt } from "./payment-provider.ts";

const reading = readConfig({ env: process.env, cwd: process.cwd() });
if (reading.kind !== "config") throw new Error(JSON.stringify(reading));
const payments = paymentsAt(process.env["PAYMENTS_URL"] ?? "");
const aheadMs = Number(process.env["CLOCK_AHEAD_MS"] ?? 0);
const clock = (): number => Date.now() + aheadMs;
const log = pino({ level: "warn" }, process.stderr);
const gateway = await startGateway(reading.config, { payments, clock, log, followMs: 0 });
process.stdout.write(`${gateway.url}\n`);
