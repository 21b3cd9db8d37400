/**
 * The market in virtual time: our choice of suppliers beside five others, on the same requests, asks and troubles.
 *
 * `node --conditions=@interchange/source src/market/main.ts [requests] [suppliers] [seed] [--docs]`; progress goes to
 * standard error. `--docs` writes the table and the chart of the guide to routing.
 */
import { parseArgs } from "node:util";
import { writePages } from "./pages.ts";
import { LONG, type Settings } from "./settings.ts";
import { POLICIES, type PolicyName, simulate } from "./simulate.ts";
import { tableOf } from "./table.ts";
import type { Figures } from "./tally.ts";

const { values, positionals } = parseArgs({ options: { docs: { type: "boolean" } }, allowPositionals: true });
const [requests = LONG.requests, suppliers = LONG.suppliers, seed = LONG.seed] = positionals.map(Number);
if (![requests, suppliers, seed].every((count) => Number.isSafeInteger(count) && count > 0))
  throw new Error("requests, suppliers and seed are whole numbers above 0");

const settings: Settings = { ...LONG, requests, suppliers, seed };
const all = new Map<string, Figures>();
for (const name of Object.keys(POLICIES) as PolicyName[]) {
  const begunMs = performance.now();
  all.set(
    name,
    simulate(name, settings, (done) => process.stderr.write(`\r${name}: ${Math.round((100 * done) / requests)} %  `)),
  );
  process.stderr.write(`\r${name}: ${((performance.now() - begunMs) / 1_000).toFixed(0)} s  \n`);
}
process.stdout.write(`${tableOf(all)}\n`);
if (values.docs === true) await writePages(all, settings);
