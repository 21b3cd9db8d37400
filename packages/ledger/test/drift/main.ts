/**
 * A long drift, on demand: `pnpm drift [sqlite|postgres|both] [operations] [crashes] [seed]`. A million operations and
 * sixty crashes on each store unless said.
 */

import { type Drift, drift } from "./drift.ts";
import { PLACES } from "./place.ts";

const [where = "both", operations = 1_000_000, crashes = 60, seed = Date.now() % 1_000_000] = process.argv
  .slice(2)
  .map((word, place) => (place === 0 ? word : Number(word))) as [string?, number?, number?, number?];

for (const [name, open] of Object.entries(PLACES)) {
  if (where !== "both" && where !== name) continue;
  const place = await open();
  process.stdout.write(`${name}, seed ${seed}\n`);
  const startMs = performance.now();
  const onProgress = (done: number, crashed: number): void => {
    const rate = done / ((performance.now() - startMs) / 1_000);
    const share = ((done / operations) * 100).toFixed(0).padStart(3);
    process.stdout.write(`${share} %  ${done} operations, ${crashed} crashes, ${rate.toFixed(0)} a second\n`);
  };
  try {
    tell(await drift({ place, operations, crashes, seed, onProgress }));
  } finally {
    await place.remove();
  }
}

function tell(result: Drift): void {
  const { gateway, server } = result.crashes;
  process.stdout.write(
    `${result.operations} operations, ${gateway} kills of a process and ${server} of the server, ${result.doubtful} outcomes in doubt and asked again, ` +
      `${result.seconds.toFixed(0)} seconds: drift ${result.drift} over ${result.sums.length} sums, ${result.faults.length} faults\n`,
  );
  for (const fault of result.faults.slice(0, 20)) process.stdout.write(`  ${fault}\n`);
  for (const sum of result.sums.filter(({ journal, books }) => journal !== books)) {
    process.stdout.write(`  ${sum.what}: ${sum.journal} in the journal, ${sum.books} in the books\n`);
  }
  if (result.drift > 0 || result.faults.length > 0) process.exitCode = 1;
}
