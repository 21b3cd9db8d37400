/** The journal of tokens: only ever added to. */

import type { Movement } from "../book/book.ts";
import type { Statement } from "../statement.ts";
import { forEach, type Given } from "./given.ts";

export function saveMovements(movements: readonly Movement[]): Statement[] {
  return forEach(
    movements.map(writeMovement),
    `INSERT INTO movement (movement, reference, account_id, instrument, deposited, available, held, used, lapsed, at_ms)
     SELECT given.value ->> 0, given.value ->> 1, given.value ->> 2, given.value ->> 3,
       CAST(given.value ->> 4 AS BIGINT), CAST(given.value ->> 5 AS BIGINT), CAST(given.value ->> 6 AS BIGINT),
       CAST(given.value ->> 7 AS BIGINT), CAST(given.value ->> 8 AS BIGINT), CAST(given.value ->> 9 AS BIGINT)
     FROM json_each($1) AS given`,
  );
}

function writeMovement({ movement, reference, place, amounts, atMs }: Movement): Given {
  const { deposited = 0, available = 0, held = 0, used = 0, lapsed = 0 } = amounts;
  return [movement, reference, place.accountId, place.instrument, deposited, available, held, used, lapsed, atMs];
}
