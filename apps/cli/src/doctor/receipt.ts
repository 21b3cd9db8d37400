/** What the doctor looks at in a receipt. */

export interface Receipt {
  readonly status: string;
  readonly tokens_used: string;
  readonly cost_usd: string;
  readonly usage: {
    readonly input_tokens: number;
    readonly output_tokens: number;
    readonly cache_read_tokens: number;
    readonly cache_write_tokens: number;
    readonly estimated: boolean;
  } | null;
  readonly timing: { readonly ttft_ms: number | null; readonly duration_ms: number | null };
}
