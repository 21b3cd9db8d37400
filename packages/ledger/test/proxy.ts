/** A wire to a PostgreSQL server that can be cut, and go silent. */

import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";

export type Wire = {
  /** Where the server is reached by way of the wire. */
  url: string;
  /** Cuts a connection as soon as it has passed on what contains these words; the server then still answers, to nobody. */
  cutAfter(words: string | undefined): void;
  /** Cuts all connections when so many more bytes have passed, both ways together, counted from these words on. */
  cutAfterBytes(bytes: number, words?: string): void;
  /** Passes nothing on, in either direction, and says so to nobody. */
  silence(isSilent: boolean): void;
  /** Lets nobody in who is not in yet. */
  refuse(isRefusing: boolean): void;
};

/** A wire to the server that a URL names by the folder of its socket. */
export async function wireTo(url: string): Promise<Wire> {
  const socket = `${new URL(url).searchParams.get("host")}/.s.PGSQL.5432`;
  const ends = new Set<Socket>();
  let words: string | undefined;
  let cut: { bytes: number; words: string } | undefined;
  let isSilent = false;
  let isRefusing = false;

  /** What of it is still passed on. */
  const heardOf = (bytes: Buffer): Buffer => {
    if (cut === undefined || !bytes.includes(cut.words)) return bytes;
    const heard = bytes.subarray(0, cut.bytes);
    cut = heard.length < bytes.length ? undefined : { bytes: cut.bytes - bytes.length, words: "" };
    return heard;
  };
  const cutAll = (to: Socket, heard: Buffer): void => {
    to.end(heard);
    for (const end of ends) if (end !== to) end.destroy();
  };

  const server = createServer((near) => {
    if (isRefusing) return near.destroy();
    const far = connect(socket);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(from);
      from.on("error", () => undefined);
      // What was passed on before is still heard.
      from.on("close", () => {
        ends.delete(from);
        to.end();
      });
      from.on("data", (bytes: Buffer) => {
        if (isSilent) return;
        const heard = heardOf(bytes);
        if (heard.length < bytes.length) return cutAll(to, heard);
        to.write(bytes, () => {
          if (from === near && words !== undefined && bytes.includes(words)) near.destroy();
        });
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const end of ends) end.destroy();
    server.close();
  });

  const { port } = server.address() as AddressInfo;
  return {
    url: `postgres://postgres@127.0.0.1:${port}${new URL(url).pathname}`,
    cutAfter: (some) => {
      words = some;
    },
    cutAfterBytes: (bytes, from = "") => {
      cut = { bytes, words: from };
    },
    silence: (whether) => {
      isSilent = whether;
    },
    refuse: (whether) => {
      isRefusing = whether;
    },
  };
}
