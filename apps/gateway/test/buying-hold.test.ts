/** A hold that lacks tokens: what the buyer says of it decides, and what was bought meanwhile is held at once. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLedger } from "@interchange/ledger";
import { expect, onTestFinished, test } from "vitest";
import { holdBuying } from "../src/buying/index.ts";
import { INSTRUMENT } from "./rig.ts";

async function openBooks() {
  const dir = mkdtempSync(join(tmpdir(), "interchange-buying-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const ledger = await openLedger({ file: join(dir, "ledger.db") });
  onTestFinished(() => ledger.close());
  const { id: accountId } = await ledger.openAccount({ name: "Buyer" });
  const wish = { accountId, instrument: INSTRUMENT, tokens: 100, expiresAtMs: Date.now() + 60_000 };
  const request = { requestId: "req_1", ...wish };
  const deposit = (tokens: number) => ledger.deposit({ accountId, instrument: INSTRUMENT, tokens, costMicros: 0 });
  return { ledger, request, deposit };
}

test("what was bought in the meantime is held at once", async () => {
  const { ledger, request, deposit } = await openBooks();
  const left: number[] = [];
  const help = async () => {
    await deposit(130);
    return { kind: "enough" } as const;
  };
  const hold = await holdBuying(
    { ledger, buyer: { help, noteAvailable: (_, available) => left.push(available) } },
    request,
  );
  expect(hold).toMatchObject({ kind: "held", hold: { tokens: 100 }, available: 30 });
  expect(left).toEqual([30]);
});

test("what others are always quicker to hold is asked for again, and not for ever", async () => {
  const { ledger, request } = await openBooks();
  let helped = 0;
  const help = async () => {
    helped += 1;
    return { kind: "enough" } as const;
  };
  const hold = await holdBuying({ ledger, buyer: { help, noteAvailable: () => {} } }, request);
  expect(hold).toEqual({ kind: "tokens-on-the-way", instrument: INSTRUMENT });
  expect(helped).toBe(3);
});

test("what the buyer is asked for is the whole need, and its reason goes on", async () => {
  const { ledger, request, deposit } = await openBooks();
  await deposit(99);
  const asked: unknown[] = [];
  const help = async (_: unknown, neededTokens: number) => {
    asked.push(neededTokens);
    return { kind: "not-bought", why: { kind: "off" } } as const;
  };
  const hold = await holdBuying({ ledger, buyer: { help, noteAvailable: () => {} } }, request);
  const notBought = { kind: "off" };
  expect(hold).toEqual({ kind: "balance-too-low", instrument: INSTRUMENT, available: 99, needed: 100, notBought });
  expect(asked).toEqual([100]);
});
