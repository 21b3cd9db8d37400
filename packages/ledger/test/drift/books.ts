/** The books held against the journal: row by row for what was just acknowledged, and whole, sum by sum, at the end. */

import type { Journal, Request } from "./journal.ts";
import type { Place, Row } from "./place.ts";

/** Rows that are asked for at once. */
const CHUNK = 500;

const HOLD =
  "SELECT request_id, account_id, instrument, tokens, state, redeemed_at_ms, tokens_used, overrun, cost_micros FROM hold";

/** Whatever of these requests is not in the books as it was acknowledged. */
export async function faultsOfRequests({ rows }: Place, requests: readonly Request[]): Promise<string[]> {
  const faults: string[] = [];
  for (let from = 0; from < requests.length; from += CHUNK) {
    const some = requests.slice(from, from + CHUNK);
    const found = await rows(
      `${HOLD} WHERE request_id IN (${some.map(({ requestId }) => `'${requestId}'`).join(", ")})`,
    );
    const byId = new Map(found.map((row) => [row["request_id"], row]));
    faults.push(...some.flatMap((request) => faultsOfRequest(request, byId.get(request.requestId))));
  }
  return faults;
}

function faultsOfRequest(request: Request, row: Row | undefined): string[] {
  if (row === undefined)
    return request.hold === "held" ? [`${request.requestId} was acknowledged and is not there`] : [];
  const { settled, end } = request;
  const used = Number(row["tokens_used"]) + Number(row["overrun"]);
  const laws: [boolean, string][] = [
    [request.hold === "refused", "was refused and is there"],
    [row["account_id"] !== request.accountId || row["instrument"] !== request.instrument, "is somewhere else"],
    [row["tokens"] !== request.tokens, "holds something else"],
    [request.isRedeemed && row["redeemed_at_ms"] === null, "was redeemed and is not"],
    [end !== undefined && row["state"] !== end, `was ${end} and is ${row["state"]}`],
    [row["state"] === "settled" && !request.asked.has(used), "is settled to what nobody asked for"],
    [settled !== undefined && row["tokens_used"] !== settled.tokens, "was settled to something else"],
    [settled !== undefined && row["overrun"] !== settled.overrun, "has another overrun"],
    [settled !== undefined && row["cost_micros"] !== settled.costMicros, "cost something else"],
  ];
  return laws.flatMap(([isBroken, law]) => (isBroken ? [`${request.requestId} ${law}`] : []));
}

/** What is half done of anything: each of these finds nothing in sound books. */
const HALVES: Readonly<Record<string, string>> = {
  "a hold without its movement": `SELECT request_id FROM hold LEFT JOIN movement ON reference = request_id AND movement = 'hold' WHERE reference IS NULL`,
  "a movement twice": `SELECT reference, movement FROM movement WHERE movement IN ('hold', 'settle', 'release', 'expire') GROUP BY reference, movement HAVING COUNT(*) > 1`,
  "two ends": `SELECT reference FROM movement WHERE movement IN ('settle', 'release', 'expire') GROUP BY reference HAVING COUNT(*) > 1`,
  "an end without its movement": `SELECT request_id FROM hold LEFT JOIN movement ON reference = request_id AND movement IN ('settle', 'release', 'expire')
    WHERE resolved_at_ms IS NOT NULL AND reference IS NULL`,
  "a settlement without its draws": `SELECT hold.request_id FROM hold LEFT JOIN draw ON draw.request_id = hold.request_id
    GROUP BY hold.request_id, tokens_used HAVING tokens_used <> COALESCE(SUM(draw.tokens), 0)`,
  "a purchase without its lot": `SELECT purchase_id FROM purchase LEFT JOIN lot ON lot.lot_id = purchase.lot_id
    WHERE (state = 'filled') <> (lot.lot_id IS NOT NULL)`,
  "a purchase without its payment": `SELECT purchase_id FROM purchase LEFT JOIN credit_movement AS paid ON paid.reference = purchase_id AND movement = 'purchase'
    WHERE state = 'filled' AND cost_micros > 0 AND paid.reference IS NULL`,
};

export async function faultsOfHalves({ rows }: Place): Promise<string[]> {
  const faults: string[] = [];
  for (const [what, text] of Object.entries(HALVES)) {
    faults.push(...(await rows(text)).slice(0, 5).map((row) => `${what}: ${JSON.stringify(row)}`));
  }
  return faults;
}

/** A sum as the journal has it and as the books have it. */
export type Sum = { what: string; journal: number; books: number };

/** All sums, by account and instrument where there are such; the books must have been left in peace. */
export async function sumsOf(place: Place, journal: Journal): Promise<Sum[]> {
  const held = [...journal.requests.values()];
  const purchases = [...journal.purchases.all.values()].filter(({ state }) => state === "filled");
  const paid = [...journal.reloads.all.values()].filter(({ state }) => state === "paid");
  const sums = [
    ...(await sumsOfPlaces(place, "deposited", [...journal.lots.values(), ...purchases].map(tokensOfLot))),
    ...(await sumsOfPlaces(
      place,
      "used",
      held.map((one) => [placeOf(one), one.settled?.tokens ?? 0]),
    )),
    await sumOf(
      place,
      "cost of draws",
      "SELECT SUM(cost_micros) AS sum FROM draw",
      held,
      (one) => one.settled?.costMicros ?? 0,
    ),
    await sumOf(place, "overruns", "SELECT SUM(overrun) AS sum FROM hold", held, (one) => one.settled?.overrun ?? 0),
    ...(await creditSums(
      place,
      [...journal.credits.values(), ...paid].map(({ accountId, amountMicros }) => [accountId, amountMicros]),
      "deposited",
    )),
    ...(await creditSums(
      place,
      purchases.map(({ accountId, costMicros }) => [accountId, costMicros]),
      "spent",
    )),
  ];
  return sums;
}

type Amount = [where: string, amount: number];

const placeOf = ({ accountId, instrument }: { accountId: string; instrument: string }): string =>
  `${accountId} ${instrument}`;

function tokensOfLot(lot: { accountId: string; instrument: string; tokens: number }): Amount {
  return [placeOf(lot), lot.tokens];
}

async function sumsOfPlaces({ rows }: Place, book: string, amounts: Amount[]): Promise<Sum[]> {
  const found = await rows(`SELECT account_id || ' ' || instrument AS "where", ${book} AS amount FROM balance`);
  return compared(book, amounts, found);
}

async function creditSums({ rows }: Place, amounts: Amount[], book: string): Promise<Sum[]> {
  const found = await rows(`SELECT account_id AS "where", ${book} AS amount FROM credit_balance`);
  return compared(`credits ${book}`, amounts, found);
}

function compared(what: string, amounts: Amount[], found: Row[]): Sum[] {
  const sums = new Map<string, Sum>();
  const at = (where: string): Sum => {
    const sum = sums.get(where) ?? { what: `${what} of ${where}`, journal: 0, books: 0 };
    sums.set(where, sum);
    return sum;
  };
  for (const [where, amount] of amounts) at(where).journal += amount;
  for (const { where, amount } of found) at(String(where)).books += Number(amount);
  return [...sums.values()];
}

async function sumOf<T>({ rows }: Place, what: string, text: string, all: T[], pick: (one: T) => number): Promise<Sum> {
  const [row] = await rows(text);
  return { what, journal: all.reduce((sum, one) => sum + pick(one), 0), books: Number(row?.["sum"] ?? 0) };
}
