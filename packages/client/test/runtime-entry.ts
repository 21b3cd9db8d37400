/** What another runtime runs: every case, and what it came to, told as one line of JSON. */
import * as client from "../src/index.ts";
import { cases } from "./cases.ts";
import type { Place } from "./market.ts";

const place = JSON.parse(process.env["PLACE"] ?? "") as Place;
const got: Record<string, unknown> = {};
for (const { name, run } of cases) got[name] = await run(client, place).catch((thrown: unknown) => String(thrown));
console.log(JSON.stringify(got));
process.exit(0);
