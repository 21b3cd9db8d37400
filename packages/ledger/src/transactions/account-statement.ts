/** Statements and movements: read from the journals alone. */

import type {
  AccountStatement,
  CreditStatement,
  InstrumentStatement,
  Movement,
  StatementCommand,
} from "../account-statement.ts";
import type { MovementKind } from "../movement.ts";
import type { Page, PageCommand } from "../page.ts";
import { findAccount } from "./account.ts";
import { conditionsOf, pageOf } from "./page.ts";
import { rowOf, rowsOf, type Transaction } from "./statement.ts";

export function* readStatement({ accountId, fromMs, toMs }: StatementCommand): Transaction<AccountStatement> {
  yield* findAccount(accountId);
  const instruments = yield* rowsOf<Omit<InstrumentStatement, "closing">>(
    `SELECT instrument, ${before("available + held")} AS opening, ${during("-deposited")} AS deposited,
       ${during("used")} AS used, ${during("lapsed")} AS lapsed
     FROM movement WHERE account_id = $1 AND at_ms < $3 GROUP BY instrument ORDER BY instrument`,
    accountId,
    fromMs,
    toMs,
  );
  const credits = yield* rowOf<Omit<CreditStatement, "closingMicros">>(
    `SELECT ${before("available")} AS "openingMicros", ${during("-deposited")} AS "depositedMicros",
       ${during("spent")} AS "spentMicros"
     FROM credit_movement WHERE account_id = $1 AND at_ms < $3`,
    accountId,
    fromMs,
    toMs,
  );
  return {
    accountId,
    fromMs,
    toMs,
    instruments: instruments.map((sums) => ({
      ...sums,
      closing: sums.opening + sums.deposited - sums.used - sums.lapsed,
    })),
    credits: closed(credits as Omit<CreditStatement, "closingMicros">),
  };
}

function closed(sums: Omit<CreditStatement, "closingMicros">): CreditStatement {
  return { ...sums, closingMicros: sums.openingMicros + sums.depositedMicros - sums.spentMicros };
}

/** The sum of what was booked before the period. */
function before(amount: string): string {
  return `CAST(COALESCE(SUM(CASE WHEN at_ms < $2 THEN ${amount} ELSE 0 END), 0) AS BIGINT)`;
}

/** The sum of what was booked in the period. */
function during(amount: string): string {
  return `CAST(COALESCE(SUM(CASE WHEN at_ms >= $2 THEN ${amount} ELSE 0 END), 0) AS BIGINT)`;
}

type MovementRow = {
  movement_number: number;
  movement: MovementKind;
  reference: string;
  instrument: string;
  deposited: number;
  available: number;
  held: number;
  used: number;
  lapsed: number;
  at_ms: number;
};

export function* listMovements(
  command: PageCommand & { accountId: string; instrument: string | null },
): Transaction<Page<Movement>> {
  const { accountId, instrument, limit, after } = command;
  yield* findAccount(accountId);
  const { text, values } = conditionsOf([
    ["account_id = ?", accountId],
    ["instrument = ?", instrument],
    ["movement_number < ?", after?.[0] ?? null],
  ]);
  const rows = yield* rowsOf<MovementRow>(
    `SELECT movement_number, movement, reference, instrument, deposited, available, held, used, lapsed, at_ms
     FROM movement WHERE ${text} ORDER BY movement_number DESC LIMIT $${values.length + 1}`,
    ...values,
    limit + 1,
  );
  return pageOf(rows, { list: "movements", limit, keyOf: (row) => [row.movement_number], read: readMovement });
}

function readMovement(row: MovementRow): Movement {
  const { deposited, available, held, used, lapsed } = row;
  return {
    number: row.movement_number,
    movement: row.movement,
    reference: row.reference,
    instrument: row.instrument,
    amounts: { deposited, available, held, used, lapsed },
    atMs: row.at_ms,
  };
}
