/** The accounts of the configuration, opened and funded in the ledger, with their standing orders and their keys. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { AccountRow, Config, CreditsRow, LotRow } from "@interchange/config";
import { type Ledger, LedgerError } from "@interchange/ledger";
import { putStandingOrders } from "./buying/index.ts";
import { writeSecretFile } from "./secret-file.ts";

/** By account: both keys whole, as callers present them. */
export type Keys = Readonly<Record<string, AccountKeys>>;

export interface AccountKeys {
  readonly consumptionKey: string;
  readonly operatorKey: string;
}

export function keysFile(config: Config): string {
  return join(config.dataDir, "keys.json");
}

/**
 * Opens what is not open, deposits what was not deposited, puts settings that were not put, and makes keys for accounts that
 * have none. Doing it again changes nothing. The ledger keeps digests only, so the keys themselves are kept in a file that its owner alone can read.
 */
export async function seed(config: Config, ledger: Ledger): Promise<Keys> {
  const file = keysFile(config);
  const keys: Record<string, AccountKeys> = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Keys) : {};
  for (const account of config.accounts) {
    await fund(account, ledger);
    if (await areKnown(keys[account.id], ledger)) continue;
    keys[account.id] = await makeKeys(account, ledger);
    writeSecretFile(file, `${JSON.stringify(keys, null, 2)}\n`);
  }
  return keys;
}

/** The file may be older than the books: they were lost, or are in another database now. */
async function areKnown(keys: AccountKeys | undefined, ledger: Ledger): Promise<boolean> {
  if (keys === undefined) return false;
  const judged = [await ledger.authenticate(keys.consumptionKey), await ledger.authenticate(keys.operatorKey)];
  return judged.every(({ kind }) => kind !== "key-unknown");
}

async function fund(account: AccountRow, ledger: Ledger): Promise<void> {
  const { id, name, lots, credits = [] } = account;
  await ledger.openAccount({ id, name });
  for (const lot of lots) {
    await ledger.deposit({ accountId: id, ...lot }).catch(told("lot", lot, id));
  }
  for (const row of credits) {
    await ledger.depositCredits({ accountId: id, ...row }).catch(told("credits", row, id));
  }
  await putStandingOrders(account, ledger);
}

/** A deposit stands; a row that says something else by now is refused rather than passed over. */
function told(what: "lot" | "credits", { reference }: LotRow | CreditsRow, accountId: string) {
  return (error: unknown): never => {
    if (!(error instanceof LedgerError) || error.code !== "conflict") throw error;
    const sentence = `${what} ${reference} of account ${accountId} was deposited otherwise; leave its row as it was and add one`;
    throw new Error(sentence, { cause: error });
  };
}

async function makeKeys({ id }: AccountRow, ledger: Ledger): Promise<AccountKeys> {
  const consumption = await ledger.createKey({ accountId: id, role: "consumption" });
  const operator = await ledger.createKey({ accountId: id, role: "operator" });
  return { consumptionKey: consumption.secret, operatorKey: operator.secret };
}
