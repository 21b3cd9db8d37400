/** Goal: no token and no micro-dollar is lost or made up over random operations and crashes. The short form of `pnpm drift`. */

import { expect, onTestFinished, test } from "vitest";
import { drift } from "./drift/drift.ts";
import { PLACES } from "./drift/place.ts";

const SEED = Number(process.env["INTERCHANGE_DRIFT_SEED"] ?? 7);

test.each(Object.entries(PLACES))("on %s", async (_, open) => {
  const place = await open();
  onTestFinished(() => place.remove());
  const { faults, sums, crashes, doubtful, operations } = await drift({
    place,
    operations: 6_000,
    crashes: 4,
    seed: SEED,
  });
  expect(faults).toEqual([]);
  expect(sums.filter(({ journal, books }) => journal !== books)).toEqual([]);
  // It has done something, and was disturbed in it.
  expect(operations).toBeGreaterThanOrEqual(6_000);
  expect(sums.reduce((all, { books }) => all + books, 0)).toBeGreaterThan(10_000);
  expect(crashes.gateway + crashes.server).toBeGreaterThanOrEqual(4);
  expect(doubtful).toBeGreaterThan(0);
});
