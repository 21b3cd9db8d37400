/**
 * Goal: for every reason to say no, both vendors' SDKs with their default retries do the right thing: they come again where
 * that may help, as late as they are told, and only there. Method: a server that says nothing but no.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import Anthropic from "@anthropic-ai/sdk";
import { FORMATS, type Format } from "@interchange/config";
import type { Refusal, RefusalKind, RefusalOf } from "@interchange/inference";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { refuse, type Surface } from "../src/surface.ts";
import { SURFACES } from "../src/surfaces.ts";

const NO_ALLOWANCE = { requests: { limit: 60, remaining: 0, resetAfterMs: 1_000, resetAtMs: 1_795_447_140_000 } };

const TOO_LOW = { kind: "balance-too-low", instrument: "text-max", available: 0, needed: 812 } as const;

/** What is said, and how long to wait before it is asked again, in ms; null where asking again cannot help. */
type Row<K extends RefusalKind> = readonly [refusal: RefusalOf<K>, waitMs: number | null];

/** One of every kind: a new kind does not compile until it is here. */
const KINDS: { readonly [K in RefusalKind]: Row<K> } = {
  "body-not-json": [{ kind: "body-not-json", problem: "it is empty" }, null],
  "request-invalid": [{ kind: "request-invalid", fault: "value", param: "n", problem: "must be an integer" }, null],
  "key-missing": [{ kind: "key-missing", problem: "No key." }, null],
  "key-refused": [{ kind: "key-refused", problem: "Unknown key." }, null],
  "key-forbidden": [{ kind: "key-forbidden", problem: "Not yours." }, null],
  "balance-too-low": [TOO_LOW, null],
  "tokens-on-the-way": [{ kind: "tokens-on-the-way", instrument: "text-max", tokens: 1_000_000 }, 1_000],
  "ticket-forged": [{ kind: "ticket-forged" }, null],
  "ticket-stale": [{ kind: "ticket-stale", problem: "expired" }, 100],
  "unknown-instrument": [{ kind: "unknown-instrument", instrument: "text-maxi", known: ["text-max"] }, null],
  "unknown-path": [{ kind: "unknown-path", path: "/v1/v1" }, null],
  "not-found": [{ kind: "not-found", thing: "account", id: "acc_1", param: "account_id" }, null],
  conflict: [{ kind: "conflict", problem: "The account is closed." }, null],
  "credits-too-low": [{ kind: "credits-too-low", availableMicros: 0, neededMicros: 1 }, null],
  "method-not-allowed": [{ kind: "method-not-allowed", method: "PUT", allow: ["POST"] }, null],
  repeated: [{ kind: "repeated", of: "running", requestId: "req_1" }, 1_000],
  "body-too-large": [{ kind: "body-too-large", bytesMax: 1 }, null],
  "media-type-unsupported": [{ kind: "media-type-unsupported", problem: "Send JSON." }, null],
  "rate-limited": [
    { kind: "rate-limited", problem: "Too often.", retryAfterMs: 1_000, allowance: NO_ALLOWANCE },
    1_000,
  ],
  "prompt-too-long": [
    { kind: "prompt-too-long", instrument: "text-max", tokens: 9, contextTokens: 8, excluded: [] },
    null,
  ],
  "feature-unsupported": [{ kind: "feature-unsupported", features: ["seed"], bonds: [], excluded: [] }, null],
  "no-supplier-fits": [{ kind: "no-supplier-fits", instrument: "text-max", excluded: [] }, null],
  "nobody-eligible": [{ kind: "nobody-eligible", instrument: "text-max", excluded: [] }, 1_000],
  "supplier-failed": [{ kind: "supplier-failed", attempts: [] }, 1_000],
  "supplier-timeout": [{ kind: "supplier-timeout", attempts: [] }, 1_000],
  "supplier-overloaded": [{ kind: "supplier-overloaded", attempts: [], retryAfterMs: 2_000 }, 2_000],
  "supplier-refused": [
    { kind: "supplier-refused", supplier: "house", failure: { status: 400, message: "Bad n.", caller: true } },
    null,
  ],
  stopping: [{ kind: "stopping" }, 1_000],
  "ledger-unavailable": [{ kind: "ledger-unavailable" }, 1_000],
  bug: [{ kind: "bug" }, null],
};

const NOT_BOUGHT: readonly Row<"balance-too-low">[] = [
  [{ ...TOO_LOW, notBought: { kind: "off" } }, null],
  [{ ...TOO_LOW, notBought: { kind: "price-too-high", priceMicrosPerUnit: 2, priceMicrosPerUnitMax: 1 } }, null],
];

const ROWS: readonly (readonly [refusal: Refusal, waitMs: number | null])[] = [
  ...Object.values(KINDS),
  ...NOT_BOUGHT,
  [{ kind: "repeated", of: "finished", requestId: "req_1" }, null],
  [{ kind: "repeated", of: "another-body", requestId: "req_1" }, null],
];

/** When each row was asked, by its surface. */
const asked = new Map<string, number[]>();

let url: string;
const server = createServer((req, res) => {
  const [, format = "", row = ""] = (req.url ?? "").split("/");
  const { surface } = SURFACES.find((each) => each.surface.name === format) as { surface: Surface };
  const { status, headers, body } = refuse(surface, (ROWS[Number(row)] as (typeof ROWS)[number])[0], "req_1");
  asked.set(`${format}/${row}`, [...(asked.get(`${format}/${row}`) ?? []), performance.now()]);
  req.resume().once("end", () => {
    res.writeHead(status, { ...headers, "content-type": "application/json" }).end(JSON.stringify(body));
  });
});
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // All at once, since they wait for seconds.
  await Promise.all(ROWS.flatMap((_, row) => FORMATS.map((format) => ASK[format](row))));
});
afterAll(() => void server.close());

const hello = [{ role: "user" as const, content: "Hello" }];

const ASK: Readonly<Record<Format, (row: number) => Promise<unknown>>> = {
  "chat-completions": (row) => {
    const client = new OpenAI({ baseURL: `${url}/chat-completions/${row}`, apiKey: "k" });
    const asking = client.chat.completions.create({ model: "text-max", messages: hello });
    return expect(asking).rejects.toThrow(OpenAI.APIError);
  },
  messages: (row) => {
    const client = new Anthropic({ baseURL: `${url}/messages/${row}`, apiKey: "k" });
    const asking = client.messages.create({ model: "text-max", max_tokens: 9, messages: hello });
    return expect(asking).rejects.toThrow(Anthropic.APIError);
  },
};

const TRIES = 3;

describe.each(FORMATS)("the SDK of %s", (format) => {
  test.each(ROWS.map(([refusal, waitMs], row) => [refusal, waitMs, row] as const))(
    "%j is waited for %s ms before it is asked again",
    (_, waitMs, row) => {
      const times = asked.get(`${format}/${row}`) ?? [];
      expect(times).toHaveLength(waitMs === null ? 1 : TRIES);
      const waits = times.slice(1).map((time, index) => time - (times[index] ?? 0));
      for (const wait of waits) {
        expect(wait).toBeGreaterThan((waitMs ?? 0) - 20);
        expect(wait).toBeLessThan((waitMs ?? 0) + 2_000);
      }
    },
  );
});
