/** An answer without an id or a time gets ours; one that has them keeps its own. */
import type { StartEvent } from "@interchange/inference";
import { expect, test } from "vitest";
import { stamp } from "../src/stamp.ts";

const NOW_MS = 1_790_000_000_999;

test.each<[given: Partial<StartEvent>, want: Partial<StartEvent>]>([
  [
    { id: "", model: "m" },
    { id: "req_1", createdAtS: 1_790_000_000, model: "m" },
  ],
  [{ id: "chatcmpl-7" }, { id: "chatcmpl-7", createdAtS: 1_790_000_000 }],
  [
    { id: "", createdAtS: 5 },
    { id: "req_1", createdAtS: 5 },
  ],
])("%j", (given, want) => {
  const start: StartEvent = { type: "start", id: "", model: "", ...given };
  expect(stamp(start, "req_1", NOW_MS)).toMatchObject(want);
});
