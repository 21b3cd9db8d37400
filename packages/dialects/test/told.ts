/** What a supplier's stream says, in short: for tables of given and want. */
import type { InferenceEvent } from "@interchange/inference";
import type { Dialect } from "../src/index.ts";

export function read(dialect: Dialect<never>, text: string): readonly InferenceEvent[] {
  const reader = dialect.supplier.readEvents();
  return [...reader.push(Buffer.from(text)), ...reader.end()];
}

/** One line an event: its name, its place and what it carries. */
export function told(dialect: Dialect<never>, text: string): readonly string[] {
  return read(dialect, text).map(line);
}

function line(event: InferenceEvent): string {
  const place = "part" in event ? ` ${event.choice}.${event.part}` : "choice" in event ? ` ${event.choice}` : "";
  const said = DETAILS.flatMap((key) => (key in event ? [` ${key}=${show(Reflect.get(event, key))}`] : []));
  return `${event.type}${place}${said.join("")}`;
}

const DETAILS = ["id", "text", "callId", "name", "signature", "redacted", "wire", "finish", "usage", "failure"];

function show(value: unknown): string {
  if (typeof value === "string") return value;
  const { raw: _, ...shown } = value as { readonly raw?: unknown };
  if ("reason" in shown) return String(shown.reason);
  if ("output" in shown) return JSON.stringify(Object.values(shown));
  return "message" in shown ? String(shown.message) : JSON.stringify(shown);
}
