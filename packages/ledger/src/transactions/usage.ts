/** Summaries of usage. */

import type { FilterCommand, UsageGrouping, UsageSum } from "../usage.ts";
import { conditionsOf } from "./page.ts";
import { filterOf } from "./receipt.ts";
import { rowsOf, type Transaction } from "./statement.ts";

const DAY_MS = 86_400_000;

/** Whole days since 1970 for a day: what a day is called is said here and not in SQL, where no two engines agree on it. */
const GROUPS: Record<UsageGrouping, string> = {
  day: `created_at_ms / ${DAY_MS}`,
  model: "COALESCE(model, '')",
  key: "COALESCE(key_id, '')",
  instrument: "instrument",
};

type SumRow = Omit<UsageSum, "group"> & { group: number | string };

export function* summarizeUsage(command: FilterCommand & { by: UsageGrouping }): Transaction<UsageSum[]> {
  const { text, values } = conditionsOf([...filterOf(command), ["resolved_at_ms IS NOT NULL"]]);
  const rows = yield* rowsOf<SumRow>(
    `SELECT ${GROUPS[command.by]} AS "group", CAST(COUNT(*) AS BIGINT) AS requests,
       CAST(SUM(CASE WHEN state = 'settled' THEN 0 ELSE 1 END) AS BIGINT) AS errors,
       ${cappedSum("tokens_used")} AS tokens, ${cappedSum("cost_micros")} AS "costMicros",
       ${cappedSum("overrun")} AS overrun
     FROM hold WHERE ${text} GROUP BY 1`,
    ...values,
  );
  const sums = rows.map((row) => ({ ...row, group: nameOf(row.group, command.by) }));
  return sums.toSorted(command.by === "day" ? byName : byUse);
}

/** What is owed by nobody has no bound, and the costs of many lots together have none: such a sum stops at 2^53 − 1. */
function cappedSum(column: string): string {
  const most = Number.MAX_SAFE_INTEGER;
  // As floating-point numbers, which are exact up to there and never overflow.
  const sum = `SUM(CAST(${column} AS DOUBLE PRECISION))`;
  return `CAST(CASE WHEN ${sum} > ${most} THEN ${most} ELSE ${sum} END AS BIGINT)`;
}

function nameOf(group: number | string, by: UsageGrouping): string {
  return by === "day" ? new Date(Number(group) * DAY_MS).toISOString().slice(0, "2026-01-31".length) : String(group);
}

function byName(a: UsageSum, b: UsageSum): number {
  return a.group < b.group ? -1 : 1;
}

function byUse(a: UsageSum, b: UsageSum): number {
  return b.tokens - a.tokens || b.requests - a.requests || byName(a, b);
}
