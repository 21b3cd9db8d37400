/** An error that nobody catches, beside a test that passes. */
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "vitest";

test("passes all the same", async () => {
  setTimeout(() => {
    throw new Error("Nobody catches this.");
  });
  await sleep(20);
});
