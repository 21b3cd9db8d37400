/** A ledger on any store: checks at the boundary, keys in a cache, everything else in the store. */

import { accountCommand } from "./account.ts";
import { requireInteger, requireText } from "./bounds.ts";
import { holdCommand, redeemCommand, releaseCommand } from "./hold.ts";
import { freshKey, judgeKey, type Key, type KeyRefusal, type Random, randomSigns, readPresented } from "./key.ts";
import { keyCache } from "./key-cache.ts";
import type { Ledger } from "./ledger.ts";
import { depositCommand } from "./lot.ts";
import { settleCommand } from "./settlement.ts";
import type { CommandKind, Commands, Store } from "./store.ts";
import { startSweeper } from "./sweeper.ts";

/** Holds ended in one transaction of a sweep: short enough that a hold behind it hardly waits. */
const SWEEP_LIMIT = 256;

/** The ledger that a store keeps; the store decides where and how durably. */
export function ledgerOn(store: Store, clock: () => number, random: Random): Ledger {
  const submit: Submit = (kind, input) => store.submit(kind, input, clock());
  const parts = { store, submit, clock, random };
  return {
    ...accountsOf(parts),
    ...keysOf(parts),
    ...balancesOf(parts),
    ...holdsOf(parts),
    ...sweepsOf(parts),
    ...checksOf(parts),
  };
}

type Parts = { store: Store; submit: Submit; clock: () => number; random: Random };

type Submit = <K extends CommandKind>(kind: K, input: Commands[K]["input"]) => Promise<Commands[K]["outcome"]>;

function accountsOf({ submit, random }: Parts): Pick<Ledger, "openAccount"> {
  const freshId = (): string => `acc_${randomSigns(random, 20)}`;
  return { openAccount: async (opening) => submit("open-account", accountCommand(opening, freshId)) };
}

function keysOf({ submit, clock, random }: Parts): Pick<Ledger, "createKey" | "revokeKey" | "authenticate"> {
  const cache = keyCache();

  const seek = async (publicId: string, secret: string): Promise<Key | KeyRefusal> => {
    const stored = await submit("find-key", { publicId });
    return judgeKey(stored && cache.remember(stored), secret, clock());
  };

  return {
    createKey: async (creation) => {
      const { command, secret } = freshKey(creation, random);
      const key = await submit("create-key", command);
      cache.remember({ key, digest: command.digest });
      return { key, secret };
    },
    revokeKey: async (publicId) => {
      cache.revoke(requireText(publicId, "publicId"), clock());
      const stored = await submit("revoke-key", { publicId });
      return stored === undefined ? { kind: "key-unknown" } : cache.remember(stored).key;
    },
    authenticate: (presented) => {
      const parts = readPresented(presented);
      if (parts === undefined) return { kind: "key-malformed" };
      const stored = cache.find(parts.publicId);
      return stored ? judgeKey(stored, parts.secret, clock()) : seek(parts.publicId, parts.secret);
    },
  };
}

function balancesOf({ submit, random }: Parts): Pick<Ledger, "deposit" | "balance" | "balances"> {
  return {
    deposit: async (deposit) => submit("deposit", depositCommand(deposit, `lot_${randomSigns(random, 20)}`)),
    balance: async (accountId, instrument) =>
      submit("balance", {
        accountId: requireText(accountId, "accountId"),
        instrument: requireText(instrument, "instrument"),
      }),
    balances: async (accountId) => submit("balances", { accountId: requireText(accountId, "accountId") }),
  };
}

function holdsOf({ submit }: Parts): Pick<Ledger, "hold" | "redeem" | "settle" | "release" | "receipt"> {
  return {
    hold: async (request) => submit("hold", holdCommand(request)),
    redeem: async (redemption) => submit("redeem", redeemCommand(redemption)),
    settle: async (request) => submit("settle", settleCommand(request)),
    release: async (release) => submit("release", releaseCommand(release)),
    receipt: async (requestId) => submit("receipt", { requestId: requireText(requestId, "requestId") }),
  };
}

function sweepsOf({ store, clock }: Parts): Pick<Ledger, "expire" | "startSweeper"> {
  const expire = async (nowMs: number): Promise<number> => {
    requireInteger(nowMs, "nowMs", 0);
    let ended = 0;
    for (;;) {
      const batch = await store.submit("expire", { limit: SWEEP_LIMIT }, nowMs);
      ended += batch;
      if (batch < SWEEP_LIMIT) return ended;
    }
  };
  return { expire, startSweeper: (options) => startSweeper(() => expire(clock()), options) };
}

function checksOf({ store, submit }: Parts): Pick<Ledger, "ping" | "totals" | "audit" | "close"> {
  let closing: Promise<void> | undefined;
  return {
    ping: async () => {
      await submit("ping", {});
    },
    totals: async () => submit("totals", {}),
    audit: async () => submit("audit", {}),
    close: () => {
      closing ??= store.close();
      return closing;
    },
  };
}
