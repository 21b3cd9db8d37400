/** Auto-reload: how credits are charged to the payment method when they run low. */
import type { PutAutoReloadRequest, AutoReload as Wire } from "@interchange/contract/platform";
import type { AutoReload, AutoReloadSetting } from "@interchange/ledger";
import type { Engine } from "../engine.ts";
import { readUsd, writeUsd } from "./amount.ts";
import { writeInstant, writeOptionalInstant } from "./instant.ts";
import type { Operations } from "./operation.ts";
import { given, isRefused, notFound, type Refused } from "./refused.ts";

export function autoReload(engine: Engine): Operations<"retrieveAutoReload" | "putAutoReload" | "deleteAutoReload"> {
  const { ledger, buyer } = engine;
  return {
    async retrieveAutoReload(_, { accountId }) {
      const setting = await ledger.autoReload(accountId);
      if (setting === undefined) return notFound("auto-reload setting of account", accountId, "account_id");
      return { status: 200, body: writeAutoReload(setting) };
    },
    async putAutoReload({ body }, { accountId }) {
      const setting = readSetting(body, accountId);
      if (isRefused(setting)) return setting;
      const put = await ledger.putAutoReload(setting);
      buyer.noteCredits(accountId);
      return { status: 200, body: writeAutoReload(put) };
    },
    async deleteAutoReload(_, { accountId }) {
      await ledger.deleteAutoReload(accountId);
      return { status: 204 };
    },
  };
}

function readSetting(body: PutAutoReloadRequest, accountId: string): AutoReloadSetting | Refused {
  return given({
    accountId,
    enabled: body.enabled,
    amountMicros: readUsd("amount_usd", body.amount_usd),
    belowMicros: readUsd("below_usd", body.below_usd),
    monthlyLimitMicros: readUsd("monthly_limit_usd", body.monthly_limit_usd),
  });
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
