/** Doubts: what a configuration may say and probably does not mean. The gateway starts all the same. */
import { isIP } from "node:net";
import type { AccountRow, Config, InstrumentRow, OfferRow, SupplierRow } from "./config.ts";

/** One sentence for each doubt; none about a demo, which has no suppliers of its own. */
export function doubtsOf(config: Config): readonly string[] {
  const offers = config.suppliers.flatMap(activeOffers);
  return [
    ...listenDoubts(config),
    ...config.suppliers.flatMap(supplierDoubts),
    ...config.instruments.flatMap((instrument) => priceDoubts(instrument, offers)),
    ...accountsDoubts(config.accounts, new Set(offers.map(({ instrument }) => instrument))),
  ];
}

const activeOffers = ({ status = "active", offers }: SupplierRow): readonly OfferRow[] =>
  status === "active" ? offers.filter((offer) => (offer.status ?? "active") === "active") : [];

function listenDoubts({ host, publicUrl, port }: Config): readonly string[] {
  if (isOwn(host) || publicUrl !== undefined) return [];
  return [
    `The gateway listens on ${host}:${port}, beyond this machine, and there is no publicUrl: a redirect then leads to whatever host the caller named`,
  ];
}

function supplierDoubts(supplier: SupplierRow): readonly string[] {
  const { name, baseUrl, credentialEnv } = supplier;
  const { protocol, hostname } = new URL(baseUrl);
  const bare = protocol === "http:" && !isOwn(hostname);
  const openly = bare && credentialEnv !== undefined;
  return [
    ...(openly
      ? [`Supplier ${name} is sent the secret of ${credentialEnv} over http to ${hostname}, for all to read`]
      : []),
    ...(activeOffers(supplier).length === 0 ? [`Supplier ${name} has no offer that is not paused`] : []),
  ];
}

/** This machine by its own names for itself. */
function isOwn(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, "");
  return name === "localhost" || name === "::1" || (isIP(name) === 4 && name.startsWith("127."));
}

function priceDoubts({ name, priceMicrosPerUnit }: InstrumentRow, offers: readonly OfferRow[]): readonly string[] {
  const asks = offers.filter(({ instrument }) => instrument === name).map(({ askMicros }) => askMicros);
  if (priceMicrosPerUnit === undefined || asks.length === 0) return [];
  const cheapest = Math.min(...asks);
  if (priceMicrosPerUnit >= cheapest) return [];
  return [`${name} is sold at ${priceMicrosPerUnit} micro-dollars per Unit and the cheapest supplier asks ${cheapest}`];
}

function accountsDoubts(accounts: readonly AccountRow[], offered: ReadonlySet<string>): readonly string[] {
  if (accounts.length === 0) return ["There is no account that could ask for anything: give it a row under accounts"];
  return accounts.flatMap((account) => accountDoubts(account, offered));
}

function accountDoubts(account: AccountRow, offered: ReadonlySet<string>): readonly string[] {
  const { id, lots, autoBuy = [], credits = [], autoReload } = account;
  const wanted = new Set([...lots, ...autoBuy].map(({ instrument }) => instrument));
  const vain = [...wanted].filter((instrument) => !offered.has(instrument));
  const penniless = autoBuy.length > 0 && credits.length === 0 && autoReload === undefined;
  return [
    ...vain.map((instrument) => `Account ${id} has tokens of ${instrument}, which no supplier offers`),
    ...(penniless ? [`Account ${id} is to buy tokens by itself, and has neither credits nor an auto-reload`] : []),
  ];
}
