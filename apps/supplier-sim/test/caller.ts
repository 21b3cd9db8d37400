/** A caller for tests: plain fetch in both formats, and the events of a stream. */
import { type Supplier, type SupplierOptions, startSupplier } from "@interchange/supplier-sim";
import { afterAll, beforeAll } from "vitest";

export type FormatName = "chat-completions" | "messages";
export const formatNames: readonly FormatName[] = ["chat-completions", "messages"];

// biome-ignore lint/suspicious/noExplicitAny: tests look into JSON freely.
export type Json = any;

export const paths: Record<FormatName, string> = {
  "chat-completions": "/v1/chat/completions",
  messages: "/v1/messages",
};

const least: Record<FormatName, Json> = {
  "chat-completions": { model: "sim-prime", messages: [{ role: "user", content: "hello" }] },
  messages: { model: "sim-prime", max_tokens: 1000, messages: [{ role: "user", content: "hello" }] },
};

/** A supplier for all tests of a file. */
export function supplierForTests(options?: SupplierOptions): { readonly current: Supplier } {
  const holder = {} as { current: Supplier };
  beforeAll(async () => {
    holder.current = await startSupplier(options);
  });
  afterAll(() => holder.current.close());
  return holder;
}

export type Programmed = Omit<RequestInit, "headers"> & { readonly headers?: Readonly<Record<string, string>> };

/** The least request of the format with what is given. */
export function requestOf(format: FormatName, body: Json = {}): Json {
  return { ...least[format], ...body };
}

/** Asks with the least request of the format and what is given. */
export function ask(url: string, format: FormatName, body: Json = {}, init: Programmed = {}): Promise<Response> {
  return fetch(url + paths[format], {
    method: "POST",
    body: JSON.stringify(requestOf(format, body)),
    ...init,
    headers: { "content-type": "application/json", "anthropic-version": "2023-06-01", ...init.headers },
  });
}

export async function askJson(url: string, format: FormatName, body: Json = {}, init: Programmed = {}): Promise<Json> {
  return jsonOf(await ask(url, format, body, init));
}

/** The response's JSON, for a test to look into freely. */
export async function jsonOf(response: Response): Promise<Json> {
  return response.json();
}

/** Asks for a stream and gives its events' data, `[DONE]` included as a text. */
export async function askEvents(
  url: string,
  format: FormatName,
  body: Json = {},
  init: Programmed = {},
): Promise<Json[]> {
  return eventsOf(await (await ask(url, format, { ...body, stream: true }, init)).text());
}

export function eventsOf(text: string): Json[] {
  const lines = text.split("\n").filter((line) => line.startsWith("data: "));
  return lines.map((line) => (line === "data: [DONE]" ? "[DONE]" : JSON.parse(line.slice("data: ".length))));
}

/** The header that programs one request; what a header cannot carry is escaped, which JSON alone allows. */
export function sim(directives: string | object): { readonly headers: { readonly "x-sim": string } } {
  return {
    headers: {
      "x-sim": typeof directives === "string" ? directives : JSON.stringify(directives).replaceAll(/[^ -~]/g, escaped),
    },
  };
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** The text of an answer, whole or streamed, in either format. */
export function textOf(answer: Json): string {
  if (Array.isArray(answer))
    return answer.map((event: Json) => event.choices?.[0]?.delta.content ?? event.delta?.text ?? "").join("");
  return answer.choices?.[0].message.content ?? answer.content.map((block: Json) => block.text ?? "").join("");
}
