/** The standing orders of the configuration: what accounts buy and reload by themselves, put once and never over a change. */

import type { AccountRow, AutoBuyRow, AutoReloadRow } from "@interchange/config";
import type { Ledger } from "@interchange/ledger";

type OrderLedger = Pick<Ledger, "autoBuys" | "putAutoBuy" | "autoReload" | "grantAutoReload" | "note" | "putNote">;

/** Puts what the account has not, and never had from here: what was changed or deleted since stays so. */
export async function putStandingOrders(account: AccountRow, ledger: OrderLedger): Promise<void> {
  const { id, autoBuy = [], autoReload } = account;
  if (autoBuy.length === 0 && autoReload === undefined) return;
  const note = `standing orders of ${id}`;
  const put = new Set((await ledger.note(note)) as readonly string[] | undefined);
  const before = put.size;
  for (const row of autoBuy) await once(put, `auto-buy of ${row.instrument}`, () => putAutoBuy(ledger, id, row));
  if (autoReload !== undefined) await once(put, "auto-reload", () => putAutoReload(ledger, id, autoReload));
  if (put.size > before) await ledger.putNote(note, [...put]);
}

async function once(put: Set<string>, name: string, act: () => Promise<void>): Promise<void> {
  if (put.has(name)) return;
  await act();
  put.add(name);
}

async function putAutoBuy(ledger: OrderLedger, accountId: string, row: AutoBuyRow): Promise<void> {
  const there = await ledger.autoBuys(accountId);
  if (there.some(({ instrument }) => instrument === row.instrument)) return;
  await ledger.putAutoBuy({ accountId, enabled: true, ...row });
}

/** The configuration is the operator's: what it sets the account may set again by itself. */
async function putAutoReload(ledger: OrderLedger, accountId: string, row: AutoReloadRow): Promise<void> {
  if ((await ledger.autoReload(accountId)) !== undefined) return;
  await ledger.grantAutoReload({ accountId, enabled: true, ...row });
}
