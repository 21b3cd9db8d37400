/** The table of all transactions: what each command does, whatever the engine. */

import type { CommandKind, Commands } from "../store.ts";
import { changeAccount, closeAccount, listAccounts, openAccount, seekAccount } from "./account.ts";
import { listMovements, readStatement } from "./account-statement.ts";
import { audit } from "./audit.ts";
import { beginPurchase, deleteAutoBuy, listAutoBuys, putAutoBuy } from "./auto-buy.ts";
import {
  beginReload,
  deleteAutoReload,
  grantAutoReload,
  putAutoReload,
  putGrantedAutoReload,
  seekAutoReload,
  withdrawAutoReload,
} from "./auto-reload.ts";
import { depositCredits, readCredits } from "./credit.ts";
import { HOT } from "./hot.ts";
import { changeKey, createKey, findKey, listKeys, revokeKey, rotateKey } from "./key.ts";
import { listLots } from "./lot-list.ts";
import { putNote, readNote } from "./note.ts";
import {
  buy,
  failPurchase,
  fillPurchase,
  listPurchases,
  renewPurchases,
  seekPurchase,
  takeOverPurchases,
} from "./purchase.ts";
import { listReceipts, readReceipt } from "./receipt.ts";
import { listRecordVersions, putRecord, recordsInEffect, recordsSince, seekRecord } from "./record.ts";
import { listReloads, renewReloads, resolveReload, takeOverReloads } from "./reload.ts";
import type { Transaction } from "./statement.ts";
import { ping, readTotals } from "./totals.ts";
import { summarizeUsage } from "./usage.ts";

export const TRANSACTIONS: {
  [K in CommandKind]: (input: Commands[K]["input"], nowMs: number) => Transaction<Commands[K]["outcome"]>;
} = {
  "open-account": openAccount,
  "find-account": seekAccount,
  "list-accounts": listAccounts,
  "change-account": changeAccount,
  "close-account": closeAccount,
  "create-key": createKey,
  "find-key": findKey,
  "list-keys": listKeys,
  "change-key": changeKey,
  "rotate-key": rotateKey,
  "revoke-key": revokeKey,
  ...HOT,
  "list-lots": listLots,
  receipt: readReceipt,
  "list-receipts": listReceipts,
  "summarize-usage": summarizeUsage,
  statement: readStatement,
  "list-movements": listMovements,
  "deposit-credits": depositCredits,
  credits: readCredits,
  "begin-reload": beginReload,
  "resolve-reload": resolveReload,
  "take-over-reloads": takeOverReloads,
  "renew-reloads": renewReloads,
  "list-reloads": listReloads,
  "put-auto-reload": putAutoReload,
  "put-granted-auto-reload": putGrantedAutoReload,
  "grant-auto-reload": grantAutoReload,
  "delete-auto-reload": deleteAutoReload,
  "withdraw-auto-reload": withdrawAutoReload,
  "auto-reload": seekAutoReload,
  buy,
  "begin-purchase": beginPurchase,
  "fill-purchase": fillPurchase,
  "fail-purchase": failPurchase,
  "take-over-purchases": takeOverPurchases,
  "renew-purchases": renewPurchases,
  "find-purchase": seekPurchase,
  "list-purchases": listPurchases,
  "put-auto-buy": putAutoBuy,
  "delete-auto-buy": deleteAutoBuy,
  "list-auto-buys": listAutoBuys,
  note: readNote,
  "put-note": putNote,
  "put-record": putRecord,
  "find-record": seekRecord,
  "records-in-effect": recordsInEffect,
  "records-since": recordsSince,
  "list-record-versions": listRecordVersions,
  ping,
  totals: readTotals,
  audit,
};
