/** The operator's side of a stress: accounts opened and read over the platform API, so that it sees what an operator sees. */
import { setTimeout as pause } from "node:timers/promises";
import { request } from "undici";
import { INSTRUMENT } from "./rig.ts";

/** Where an operator asks. */
export interface Office {
  /** Of any gateway that is up. */
  readonly url: string;
  readonly operatorKey: string;
}

export interface Purse {
  readonly accountId: string;
  readonly key: string;
}

/** In tokens. */
export interface Standing {
  readonly deposited: number;
  readonly available: number;
  readonly held: number;
  readonly used: number;
  readonly lapsed: number;
}

export interface Receipt {
  readonly request_id: string;
  readonly status: "pending" | "reconciled" | "error";
  readonly tokens_held: string;
  readonly tokens_used: string;
  readonly overrun: string;
  readonly draws: readonly { readonly tokens: string }[];
}

/** An account with that many tokens, and none where there are to be none. */
export async function openPurse(office: Office, tokens: number): Promise<Purse> {
  const { id: accountId } = await ask(office, "POST", "/v1/accounts", { name: "Stress" });
  if (tokens > 0) {
    const lot = { instrument: INSTRUMENT, tokens: String(tokens), cost_usd: "0.000000" };
    await ask(office, "POST", `/v1/accounts/${accountId}/lots`, lot);
  }
  const { secret: key } = await ask(office, "POST", `/v1/accounts/${accountId}/keys`, { role: "consumption" });
  return { accountId, key };
}

/** An account without tokens, which are to be bought for it by so many, at a dollar a Unit. */
export async function openBuyer(office: Office, tokens: number, usd: string): Promise<Purse> {
  const purse = await openPurse(office, 0);
  await ask(office, "POST", `/v1/accounts/${purse.accountId}/credits`, { amount_usd: usd });
  const setting = { enabled: true, tokens: String(tokens), below_tokens: "0", price_usd_per_unit_max: null };
  await ask(office, "PUT", `/v1/accounts/${purse.accountId}/auto-buy/${INSTRUMENT}`, setting);
  return purse;
}

export async function standingOf(office: Office, { accountId }: Purse): Promise<Standing> {
  const { data } = await ask(office, "GET", `/v1/accounts/${accountId}/balances`);
  const { instrument: _, ...amounts } = data[0] ?? {};
  const none = { deposited: 0, available: 0, held: 0, used: 0, lapsed: 0 };
  return { ...none, ...Object.fromEntries(Object.entries(amounts).map(([book, tokens]) => [book, Number(tokens)])) };
}

export async function receiptOf(office: Office, requestId: string): Promise<Receipt> {
  return ask(office, "GET", `/v1/usage/${requestId}`);
}

/** All of them, page by page. */
export function receiptsOf(office: Office, { accountId }: Purse): Promise<Receipt[]> {
  return listed(office, `/v1/usage?account_id=${accountId}&limit=100`);
}

export function purchasesOf(office: Office, { accountId }: Purse): Promise<{ readonly status: string }[]> {
  return listed(office, `/v1/accounts/${accountId}/purchases?limit=100`);
}

async function listed<Row>(office: Office, path: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page = await ask(office, "GET", `${path}${cursor === "" ? "" : `&cursor=${cursor}`}`);
    rows.push(...page.data);
    cursor = page.next_cursor;
  }
  return rows;
}

// What an answer has is what a test looks at.
// biome-ignore lint/suspicious/noExplicitAny: as above
async function ask(office: Office, method: "GET" | "POST" | "PUT", path: string, body?: object): Promise<any> {
  const { statusCode, body: answer } = await request(`${office.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${office.operatorKey}`, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (statusCode >= 300) throw new Error(`${method} ${path} was answered ${statusCode} ${text}`);
  return JSON.parse(text);
}

export interface Watch {
  /** Whether what is left and what is held together are too little for one more request. */
  isSoldOut(): boolean;
  /** How often it looked, and what was wrong when it did. */
  end(): Promise<{ readonly looks: number; readonly faults: readonly string[] }>;
}

/** Looks at the balance again and again until it is told to stop; while no gateway answers it sees nothing. */
export function watch(office: Office, purse: Purse, price: { readonly cost: number; readonly heldMin: number }): Watch {
  const faults = new Set<string>();
  let looks = 0;
  let last: Standing | undefined;
  const over = new AbortController();
  const look = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const standing = await standingOf(office, purse).catch(() => undefined);
      if (standing !== undefined) {
        looks += 1;
        for (const fault of faultsOf(standing, last ?? standing, price.cost)) faults.add(fault);
        last = standing;
      }
      await pause(LOOK_EVERY_MS);
    }
  };
  const looking = look();
  return {
    isSoldOut: () => last !== undefined && last.deposited > 0 && last.available + last.held < price.heldMin,
    async end() {
      over.abort();
      await looking;
      return { looks, faults: [...faults] };
    },
  };
}

const LOOK_EVERY_MS = 20;

/** Whatever may never be, at no instant. */
function faultsOf(standing: Standing, before: Standing, cost: number): string[] {
  const { deposited, available, held, used, lapsed } = standing;
  const laws: readonly [boolean, string][] = [
    [Math.min(available, held, used, lapsed) < 0, "a book is below zero"],
    [held + used > deposited, "more is held and used than was deposited"],
    [available + held + used + lapsed !== deposited, "the books do not add up"],
    [used % cost !== 0, "part of a request was paid"],
    [used < before.used, "what was used became less"],
  ];
  return laws.flatMap(([isBroken, law]) => (isBroken ? [`${law}: ${JSON.stringify(standing)}`] : []));
}
