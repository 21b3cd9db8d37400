/** Statements and movements: read from the journals alone. */

import type {
  AccountStatement,
  CreditStatement,
  InstrumentStatement,
  Movement,
  StatementCommand,
} from "../account-statement.ts";
import { BOOKS, type MovementKind } from "../movement.ts";
import type { Page, PageCommand } from "../page.ts";
import { findAccount } from "./account.ts";
import { readPage } from "./page.ts";
import { ofPlace } from "./place.ts";
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

const COLUMNS = `movement_number, movement, reference, instrument, ${BOOKS.join()}, at_ms`;

export function* listMovements(
  command: PageCommand & { accountId: string; instrument: string | null },
): Transaction<Page<Movement>> {
  yield* findAccount(command.accountId);
  const movements = { list: "movements", table: "movement", columns: COLUMNS, read: readMovement } as const;
  const listing = { ...movements, order: ["movement_number"] as const, conditions: ofPlace(command) };
  return yield* readPage<MovementRow, Movement>(listing, command);
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
