/** Auto-buy: what is bought by itself when the tokens of an instrument run low. */
import type { PutAutoBuyRequest, AutoBuy as Wire } from "@interchange/contract/platform";
import type { AutoBuy, AutoBuySetting } from "@interchange/ledger";
import type { Engine } from "../engine.ts";
import { readTokens, readUsd, writeTokens, writeUsd } from "./amount.ts";
import { writeInstant } from "./instant.ts";
import { findInstrument } from "./instrument.ts";
import type { Operations } from "./operation.ts";
import { given, isRefused, type Refused } from "./refused.ts";
import { mayBuy } from "./role.ts";

export function autoBuys(engine: Engine): Operations<"listAutoBuys" | "putAutoBuy" | "deleteAutoBuy"> {
  const { ledger } = engine;
  return {
    async listAutoBuys(_, { accountId }) {
      return { status: 200, body: { data: (await ledger.autoBuys(accountId)).map(writeAutoBuy) } };
    },
    async putAutoBuy({ path, body }, { key, accountId }) {
      const instrument = findInstrument(engine, path.instrument);
      if (isRefused(instrument)) return instrument;
      const setting = mayBuy(key, instrument) ?? readSetting(body, accountId, instrument);
      return isRefused(setting) ? setting : { status: 200, body: writeAutoBuy(await ledger.putAutoBuy(setting)) };
    },
    async deleteAutoBuy({ path }, { key, accountId }) {
      const found = findInstrument(engine, path.instrument);
      // A setting outlives its instrument's time on the market.
      const instrument = isRefused(found) ? path.instrument : found;
      const refused = mayBuy(key, instrument);
      if (refused !== undefined) return refused;
      const isDeleted = await ledger.deleteAutoBuy(accountId, instrument);
      return isRefused(found) && !isDeleted ? found : { status: 204 };
    },
  };
}

function readSetting(body: PutAutoBuyRequest, accountId: string, instrument: string): AutoBuySetting | Refused {
  const { enabled, price_usd_per_unit_max: priceMax } = body;
  return given({
    accountId,
    instrument,
    enabled,
    tokens: readTokens("tokens", body.tokens),
    belowTokens: readTokens("below_tokens", body.below_tokens),
    priceMicrosPerUnitMax: priceMax == null ? undefined : readUsd("price_usd_per_unit_max", priceMax),
  });
}

function writeAutoBuy(setting: AutoBuy): Wire {
  const { priceMicrosPerUnitMax: priceMax } = setting;
  return {
    instrument: setting.instrument,
    enabled: setting.enabled,
    tokens: writeTokens(setting.tokens),
    below_tokens: writeTokens(setting.belowTokens),
    price_usd_per_unit_max: priceMax === undefined ? null : writeUsd(priceMax),
    updated_at: writeInstant(setting.updatedAtMs),
  };
}
