/** Receipts: what became of a request's tokens, and how fast it was. */
import type { Timing, Usage as UsageWire, Receipt as Wire } from "@interchange/contract/platform";
import type { Usage } from "@interchange/inference";
import type { Receipt } from "@interchange/ledger";
import { writeTokens, writeUsd } from "./amount.ts";
import { writeInstant, writeOptionalInstant } from "./instant.ts";

export function writeReceipt(receipt: Receipt): Wire {
  return {
    request_id: receipt.requestId,
    account_id: receipt.accountId,
    key_id: receipt.keyId ?? null,
    status: receipt.status,
    surface: receipt.surface ?? null,
    instrument: receipt.instrument,
    model: receipt.model ?? null,
    supplier: receipt.supplier ?? null,
    tokens_held: writeTokens(receipt.tokensHeld),
    tokens_used: writeTokens(receipt.tokensUsed),
    overrun: writeTokens(receipt.overrun),
    cost_usd: writeUsd(receipt.costMicros),
    draws: receipt.draws.map(({ lotId, tokens, costMicros }) => ({
      lot_id: lotId,
      tokens: writeTokens(tokens),
      cost_usd: writeUsd(costMicros),
    })),
    usage: receipt.usage === undefined ? null : writeUsage(receipt.usage),
    timing: writeTiming(receipt),
    dropped: receipt.dropped ?? [],
    reason: receipt.reason ?? null,
  };
}

/** The books keep a run's usage as the relay gave it. */
function writeUsage(kept: Partial<Usage>): UsageWire {
  return {
    input_tokens: kept.input ?? 0,
    output_tokens: kept.output ?? 0,
    cache_read_tokens: kept.cacheRead ?? 0,
    cache_write_tokens: (kept.cacheWrite5m ?? 0) + (kept.cacheWrite1h ?? 0),
    reasoning_tokens: kept.reasoning ?? 0,
    estimated: kept.estimated ?? false,
  };
}

/** As the relay gives it; milliseconds since 1970. */
interface RunTiming {
  readonly firstEventAtMs?: number;
  readonly endedAtMs?: number;
}

/** A request begins with its second leg: how long a redirect was not followed is its caller's own time. */
function writeTiming(receipt: Receipt): Timing {
  const { createdAtMs, redeemedAtMs: begunAtMs, resolvedAtMs } = receipt;
  const { firstEventAtMs, endedAtMs = resolvedAtMs }: RunTiming = receipt.timing ?? {};
  return {
    created_at: writeInstant(createdAtMs),
    redeemed_at: writeOptionalInstant(begunAtMs),
    first_event_at: writeOptionalInstant(firstEventAtMs),
    resolved_at: writeOptionalInstant(resolvedAtMs),
    ttft_ms: msBetween(begunAtMs, firstEventAtMs),
    duration_ms: msBetween(begunAtMs, endedAtMs),
    tokens_per_second: tokensPerSecond(
      (receipt.usage as Partial<Usage> | undefined)?.output,
      firstEventAtMs,
      endedAtMs,
    ),
  };
}

/** A clock that went back counts as one that stood. */
function msBetween(fromMs: number | undefined, toMs: number | undefined): number | null {
  return fromMs === undefined || toMs === undefined ? null : Math.max(0, toMs - fromMs);
}

/** With one decimal. An answer that was there all at once has no speed. */
function tokensPerSecond(tokens = 0, fromMs?: number, toMs?: number): number | null {
  const ms = msBetween(fromMs, toMs);
  return ms === null || ms === 0 ? null : Math.round((tokens * 10_000) / ms) / 10;
}
