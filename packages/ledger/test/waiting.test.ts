/** Goal: behind a database that is slow no more wait than it can serve soon; the others are told so, and may come again. */

import { type LedgerUnavailable, openLedger } from "@interchange/ledger";
import { describe, expect, onTestFinished, test } from "vitest";
import { ENGINES } from "./engines.ts";
import { START_MS } from "./sample.ts";

describe.each(ENGINES)("on $name", ({ freshPlace, optionsAt }) => {
  test("who comes when too many wait is refused, who waits is served", async () => {
    const ledger = await openLedger({ ...optionsAt(await freshPlace()), clock: () => START_MS });
    onTestFinished(() => ledger.close());
    const word = ({ name, message }: LedgerUnavailable): string => `${name}: ${message}`;
    const release = (i: number) => ledger.release({ requestId: `r${i}`, reason: "any" });
    const asked = Array.from({ length: 20_000 }, (_, i) => release(i).then(() => "served", word));
    const words = await Promise.all(asked);
    const refused = "LedgerUnavailable: too many calls are waiting for the database; nothing was done";
    expect(words.slice(0, 16_384)).toEqual(Array(16_384).fill("served"));
    expect(words.slice(16_384)).toEqual(Array(20_000 - 16_384).fill(refused));
    expect(await ledger.ping()).toBeUndefined();
  });
});
