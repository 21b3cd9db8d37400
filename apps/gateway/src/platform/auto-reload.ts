/** Auto-reload: how credits are charged to the payment method when they run low. */
import type { PutAutoReloadRequest, AutoReload as Wire } from "@interchange/contract/platform";
import type { AutoReload, AutoReloadGrant, AutoReloadSetting, Key } from "@interchange/ledger";
import type { Engine } from "../engine.ts";
import { readUsd, writeUsd } from "./amount.ts";
import { writeInstant, writeOptionalInstant } from "./instant.ts";
import type { Operations } from "./operation.ts";
import { forbidden, given, isRefused, notFound, type Refused, unfit } from "./refused.ts";
import { isOperator } from "./role.ts";

export function autoReload(engine: Engine): Operations<"retrieveAutoReload" | "putAutoReload" | "deleteAutoReload"> {
  const { ledger, buyer } = engine;
  return {
    async retrieveAutoReload(_, { accountId }) {
      const setting = await ledger.autoReload(accountId);
      if (setting === undefined) return notFound("auto-reload setting of account", accountId, "account_id");
      return { status: 200, body: writeAutoReload(setting) };
    },
    async putAutoReload({ body }, { key, accountId }) {
      const setting = readSetting(body, accountId);
      if (isRefused(setting)) return setting;
      const put = await putBy(engine, key, setting);
      if (isRefused(put)) return put;
      buyer.noteCredits(accountId);
      return { status: 200, body: writeAutoReload(put) };
    },
    async deleteAutoReload(_, { key, accountId }) {
      if (isOperator(key)) await ledger.withdrawAutoReload(accountId);
      else await ledger.deleteAutoReload(accountId);
      return { status: 204 };
    },
  };
}

/** Where what is charged is merely owed, an account could give itself credits without end; so an operator says how much. */
async function putBy(
  { ledger, buyer }: Pick<Engine, "ledger" | "buyer">,
  key: Key,
  setting: AutoReloadSetting,
): Promise<AutoReload | Refused> {
  if (isOperator(key)) return ledger.grantAutoReload(setting);
  if (!buyer.owed) return ledger.putAutoReload(setting);
  const outcome = await ledger.putGrantedAutoReload(setting);
  return outcome.kind === "put" ? outcome.autoReload : forbidden(beyond(outcome.grant));
}

function beyond(grant: AutoReloadGrant | undefined): string {
  const why = "What auto-reload charges is owed to the operator";
  if (grant === undefined) return `${why}, so an operator has to set it first; this key may then lower it.`;
  const { amountMicros, monthlyLimitMicros } = grant;
  const most = `${writeUsd(amountMicros)} USD at a time and ${writeUsd(monthlyLimitMicros)} USD a month`;
  return `${why}, who has set at most ${most}; only an operator can raise that.`;
}

function readSetting(body: PutAutoReloadRequest, accountId: string): AutoReloadSetting | Refused {
  const setting = given({
    accountId,
    enabled: body.enabled,
    amountMicros: readUsd("amount_usd", body.amount_usd),
    belowMicros: readUsd("below_usd", body.below_usd),
    monthlyLimitMicros: readUsd("monthly_limit_usd", body.monthly_limit_usd),
  });
  if (isRefused(setting) || setting.amountMicros <= setting.monthlyLimitMicros) return setting;
  return unfit("amount_usd", "must be at most monthly_limit_usd; more than that is never charged");
}

function writeAutoReload(setting: AutoReload): Wire {
  return {
    enabled: setting.enabled,
    amount_usd: writeUsd(setting.amountMicros),
    below_usd: writeUsd(setting.belowMicros),
    monthly_limit_usd: writeUsd(setting.monthlyLimitMicros),
    reloaded_this_month_usd: writeUsd(setting.reloadedThisMonthMicros),
    paused_until: writeOptionalInstant(setting.pausedUntilMs),
    updated_at: writeInstant(setting.updatedAtMs),
  };
}
