/** Requests that no client would send: bytes as they are, on a connection of their own. */
import { once } from "node:events";
import { connect } from "node:net";
import type { Reply } from "./wire.ts";

/** Writes the text and reads until the other side closes. Where an answer promises more than came, it fails. */
export async function sendRaw(url: string, text: string): Promise<Reply> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const closed = once(socket, "close");
  // Whoever is told no while it still writes may see the connection reset.
  socket.on("error", () => undefined);
  let read = "";
  socket.setEncoding("utf8").on("data", (chunk: string) => {
    read += chunk;
  });
  socket.write(text);
  await closed;
  return readReply(read);
}

function readReply(text: string): Reply {
  const [head = "", ...rest] = text.split("\r\n\r\n");
  const [line = "", ...fields] = head.split("\r\n");
  const headers = Object.fromEntries(fields.map((field) => readField(field)));
  const body = rest.join("\r\n\r\n");
  const promised = Number(headers["content-length"]);
  if (Buffer.byteLength(body) !== promised) throw new Error(`${promised} bytes were promised: ${text}`);
  return { status: Number(line.split(" ")[1]), headers, text: body };
}

function readField(field: string): [name: string, value: string] {
  const colon = field.indexOf(":");
  return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()];
}

/** A question as bytes, to any target; the connection ends with it. */
export function question(target: string, headers: Readonly<Record<string, string>>, body: unknown): string {
  const text = JSON.stringify(body);
  const all = {
    host: "elsewhere.test",
    connection: "close",
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(text)),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${target} HTTP/1.1\r\n${lines.join("")}\r\n${text}`;
}
