/** An account of its own for one test, so that its balance is moved by nobody else. */
import type { Balance } from "@interchange/ledger";
import { INSTRUMENT, type Rig } from "./rig.ts";

export interface Purse {
  readonly key: string;
  readonly accountId: string;
  readonly deposited: number;
  balance(): Promise<Balance>;
}

export async function openPurse(rig: Rig, tokens = 1_000_000): Promise<Purse> {
  const { ledger } = rig.gateway.engine;
  const { id: accountId } = await ledger.openAccount({ name: "Purse" });
  await ledger.deposit({ accountId, instrument: INSTRUMENT, tokens, costMicros: tokens });
  const { secret: key } = await ledger.createKey({ accountId, role: "consumption" });
  return { key, accountId, deposited: tokens, balance: () => ledger.balance(accountId, INSTRUMENT) };
}
