import { test } from "vitest";
import * as client from "../src/index.ts";
import { cases } from "./cases.ts";
import { startMarket } from "./market.ts";
test("x", async () => {
  let t = Date.now(); const lap = (w: string) => { console.log(w, Date.now() - t); t = Date.now(); };
  const place = await startMarket(); lap("start");
  for (const c of cases) { await c.run(client, place); lap(c.name); }
  await place.gateway.close(); lap("gateway close");
  await place.supplier.close(); lap("supplier close");
});
