/** Draws: found for who settles again, and saved. */

import type { Draw } from "../../settlement.ts";
import type { Settling } from "../book/book.ts";
import type { Row, Statement } from "../statement.ts";
import { forEach, type Given } from "./given.ts";

const COLUMNS = "draw.request_id, draw.lot_id, draw.tokens, draw.cost_micros";

/** In the order drawn. By request as well it would be the order of the key, and of reading all of it. */
export function findDraws(requestIds: readonly Given[]): Statement[] {
  return forEach(
    requestIds,
    `SELECT ${COLUMNS} FROM json_each($1) AS given CROSS JOIN draw WHERE draw.request_id IS given.value ->> 0
     ORDER BY draw.draw_number`,
  );
}

export function readDraw(row: Row): Draw {
  return { lotId: row.lot_id as string, tokens: row.tokens as number, costMicros: row.cost_micros as number };
}

export function saveDraws(settlings: readonly Settling[]): Statement[] {
  return forEach(
    settlings.flatMap(({ hold }) => hold.draws.map((draw, place) => writeDraw(hold.requestId, place + 1, draw))),
    `INSERT INTO draw (request_id, draw_number, lot_id, tokens, cost_micros)
     SELECT given.value ->> 0, CAST(given.value ->> 1 AS BIGINT), given.value ->> 2, CAST(given.value ->> 3 AS BIGINT),
       CAST(given.value ->> 4 AS BIGINT)
     FROM json_each($1) AS given`,
  );
}

function writeDraw(requestId: string, drawNumber: number, { lotId, tokens, costMicros }: Draw): Given {
  return [requestId, drawNumber, lotId, tokens, costMicros];
}
