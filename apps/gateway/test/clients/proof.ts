/** What must have happened when a client's turn with a tool went through the market, as sentences that hold or not. */
import type { RecordedRequest } from "@interchange/supplier-sim";
import type { Answered, Books } from "./market.ts";

/** One turn: what the client said, what the supplier saw, what the gateway answered, what is in the books. */
export interface Turn {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly requests: readonly RecordedRequest[];
  readonly answered: readonly Answered[];
  readonly books: Books;
}

/** A sentence, and what was seen instead when it does not hold. */
export interface Proof {
  readonly sentence: string;
  readonly against?: string;
}

export interface Expected {
  readonly tool: string;
  /** A word that only the tool can have seen. */
  readonly secret: string;
  /** Statuses of the gateway's answers, in order. */
  readonly statuses: readonly number[];
}

export function proofsOf(turn: Turn, expected: Expected): Proof[] {
  return [
    ...proofsOfClient(turn, expected),
    ...proofsOfSupplier(turn.requests.map(bodyOf), turn.requests, expected),
    ...proofsOfGateway(turn, expected),
  ];
}

function proofsOfClient({ exitCode, stdout }: Turn, { secret }: Expected): Proof[] {
  return [
    proof("the client ended well", exitCode === 0, `it ended with ${exitCode}`),
    proof("its last words hold what only the tool could see", stdout.includes(secret), stdout),
  ];
}

interface ChatBody {
  readonly messages: readonly {
    readonly role: string;
    readonly content?: unknown;
    readonly reasoning_content?: unknown;
    readonly tool_calls?: readonly { readonly function: { readonly name: string } }[];
  }[];
  readonly tools?: readonly { readonly function: { readonly name: string } }[];
}

function bodyOf({ body }: RecordedRequest): ChatBody {
  return JSON.parse(body.toString()) as ChatBody;
}

function proofsOfSupplier(
  bodies: readonly ChatBody[],
  requests: readonly RecordedRequest[],
  expected: Expected,
): Proof[] {
  const { tool, secret } = expected;
  const paths = [...new Set(requests.map(({ path }) => path))];
  const { messages = [] } = bodies.at(-1) ?? {};
  const called = messages.flatMap(({ tool_calls }) => tool_calls ?? []).map((call) => call.function.name);
  const thought = messages.find(({ role }) => role === "assistant")?.reasoning_content;
  const results = messages.filter(({ role }) => role === "tool");
  const offered = bodies[0]?.tools?.map((each) => each.function.name) ?? [];
  return [
    proof("the supplier was asked in Chat Completions alone", `${paths}` === "/v1/chat/completions", `${paths}`),
    proof("it was asked twice", bodies.length === 2, `${bodies.length} requests`),
    proof(`it was offered the tool ${tool}`, offered.includes(tool), `${offered}`),
    proof("it was shown its own thought again", typeof thought === "string" && thought !== "", `${thought}`),
    proof("it was shown its call again", `${called}` === tool, `${called}`),
    proof(
      "and the tool's result",
      results.length === 1 && JSON.stringify(results).includes(secret),
      JSON.stringify(results),
    ),
  ];
}

function proofsOfGateway({ answered, books }: Turn, { statuses }: Expected): Proof[] {
  const seen = answered.map(({ status }) => status);
  const unsettled = [...books.receipts].filter(([, receipt]) => receipt?.status !== "reconciled").map(([id]) => id);
  const usedNothing = [...books.receipts.values()].some((receipt) => (receipt?.tokensUsed ?? 0) === 0);
  return [
    proof(`the gateway answered ${statuses.join(", ")}`, `${seen}` === `${statuses}`, `${seen}`),
    proof("every request was settled", books.receipts.size > 0 && unsettled.length === 0, `not ${unsettled}`),
    proof("for tokens that were used", !usedNothing, "one used none"),
    proof("the books add up", books.faults.length === 0, books.faults.join("; ")),
  ];
}

function proof(sentence: string, holds: boolean, against: string): Proof {
  return holds ? { sentence } : { sentence, against };
}
