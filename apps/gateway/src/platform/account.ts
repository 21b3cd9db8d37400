/** Accounts: who pays. */
import type { CreateAccountRequest, UpdateAccountRequest, Account as Wire } from "@interchange/contract/platform";
import type { Account, AccountChange, AccountOpening } from "@interchange/ledger";
import type { Engine } from "../engine.ts";
import { writeInstant, writeOptionalInstant } from "./instant.ts";
import { readInstrument } from "./instrument.ts";
import { readLimits, writeLimits } from "./limits.ts";
import type { Asker, Operations } from "./operation.ts";
import { readPage, writePage } from "./page.ts";
import { conflicting, forbidden, given, isRefused, notFound, type Refused } from "./refused.ts";
import { isOperator } from "./role.ts";

type Ids = "listAccounts" | "createAccount" | "retrieveAccount" | "updateAccount" | "closeAccount";

export function accounts(engine: Engine): Operations<Ids> {
  const { ledger } = engine;
  const told = (account: Account | undefined, id: string) =>
    account === undefined
      ? notFound("account", id, "account_id")
      : { status: 200 as const, body: writeAccount(account) };
  return {
    async listAccounts({ query }) {
      return { status: 200, body: writePage(await ledger.accounts(readPage(query)), writeAccount) };
    },
    async createAccount({ body }) {
      const opening = readOpening(engine, body);
      if (isRefused(opening)) return opening;
      const account = await ledger.openAccount(opening);
      if (isOpenedBy(account, opening)) return { status: 201, body: writeAccount(account) };
      return conflicting(`The id ${JSON.stringify(account.id)} was used for another account; use a new one.`, "id");
    },
    retrieveAccount: async (_, { accountId }) => told(await ledger.account(accountId), accountId),
    async updateAccount({ body }, asker) {
      const change = readChange(engine, body, asker);
      return isRefused(change) ? change : told(await ledger.changeAccount(change), asker.accountId);
    },
    async closeAccount(_, { key, accountId }) {
      // Its own keys would be refused from then on, and with the last operator's key nobody could manage anything.
      if (key.accountId === accountId) return conflicting("A key cannot close its own account; use another account's.");
      return told(await ledger.closeAccount(accountId), accountId);
    },
  };
}

function readOpening(engine: Engine, body: CreateAccountRequest): AccountOpening | Refused {
  const { id, name, default_instrument: instrument } = body;
  const defaultInstrument = instrument == null ? undefined : readInstrument(engine, "default_instrument", instrument);
  return given({ id, name, defaultInstrument, limits: readLimits(body.limits ?? {}) });
}

/** An id that exists opens nothing: whoever asks again for the same gets it, whoever wants something else is told. */
function isOpenedBy(account: Account, opening: AccountOpening): boolean {
  const { name, defaultInstrument, limits = {} } = opening;
  const isSame = account.name === name && account.defaultInstrument === defaultInstrument;
  return isSame && JSON.stringify(writeLimits(account.limits)) === JSON.stringify(writeLimits(limits));
}

function readChange(engine: Engine, body: UpdateAccountRequest, { key, accountId }: Asker): AccountChange | Refused {
  const { name, default_instrument: instrument, limits } = body;
  if (!isOperator(key) && (name !== undefined || limits !== undefined)) {
    return forbidden(
      "This key may change the default instrument of its account; its name and limits are for operators.",
    );
  }
  const defaultInstrument = instrument == null ? instrument : readInstrument(engine, "default_instrument", instrument);
  return given({ accountId, name, defaultInstrument, limits: limits === undefined ? undefined : readLimits(limits) });
}

function writeAccount(account: Account): Wire {
  return {
    id: account.id,
    name: account.name,
    default_instrument: account.defaultInstrument ?? null,
    limits: writeLimits(account.limits),
    created_at: writeInstant(account.createdAtMs),
    closed_at: writeOptionalInstant(account.closedAtMs),
  };
}
