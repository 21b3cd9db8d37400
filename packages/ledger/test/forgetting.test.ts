/** Goal: however many marks have grown too old, a sweep comes to its end, and in the end all are forgotten. */

import { openLedger } from "@interchange/ledger";
import { describe, expect, onTestFinished, test } from "vitest";
import { ENGINES } from "./engines.ts";
import { lifeFrom, START_MS } from "./sample.ts";

const MARKS = 9_000;
const DAY_MS = 86_400_000;

describe.each(ENGINES)("on $name", ({ name, freshPlace, optionsAt, rowsAt }) => {
  test("old marks are forgotten some thousands at a time", async () => {
    const place = await freshPlace();
    // As if a server that has been told of empty tables by whoever looks after it, and plans for such.
    if (name === "postgres") await rowsAt(place, "VACUUM ANALYZE");
    const ledger = await openLedger({ ...optionsAt(place), clock: () => START_MS });
    onTestFinished(() => ledger.close());
    const at = { accountId: "ada", instrument: "text" };
    await ledger.openAccount({ id: "ada", name: "Ada" });
    await ledger.deposit({ ...at, tokens: MARKS, costMicros: 0 });
    const ids = Array.from({ length: MARKS }, (_, i) => `r${i}`);
    const request = { ...at, tokens: 1, expiresAtMs: lifeFrom(START_MS) };
    const marked = (requestId: string) => ({ ...request, requestId, idempotency: { key: requestId, bodyDigest: "d" } });
    await Promise.all(ids.map((requestId) => ledger.hold(marked(requestId))));
    await Promise.all(ids.map((requestId) => ledger.release({ requestId, reason: "any" })));

    const left = async (): Promise<unknown> => (await rowsAt(place, "SELECT COUNT(*) AS marks FROM idempotency"))[0];
    await ledger.expire(START_MS + DAY_MS - 1);
    expect(await left()).toEqual({ marks: MARKS });
    await ledger.expire(START_MS + DAY_MS);
    expect(await left()).toEqual({ marks: MARKS - 8_192 });
    await ledger.expire(START_MS + DAY_MS);
    expect(await left()).toEqual({ marks: 0 });
  });
});
