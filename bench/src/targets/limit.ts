/** The limit: bare node:http that reads the body, parses it, signs a location and answers 307. */
import { createHmac, randomBytes } from "node:crypto";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { reportSpent } from "../target.ts";

const secret = randomBytes(32);

const server = http.createServer((req, res) => {
  const chunks: Buffer[] = [];
  req.on("data", (chunk: Buffer) => chunks.push(chunk));
  req.on("end", () => {
    const body = JSON.parse(Buffer.concat(chunks).toString("utf8")) as { model: string };
    const claims = Buffer.from(JSON.stringify({ model: body.model, exp: Date.now() + 60_000 })).toString("base64url");
    const signature = createHmac("sha256", secret).update(claims).digest("base64url");
    res.writeHead(307, { location: `/r/${claims}.${signature}${req.url}`, "content-length": 0 });
    res.end();
  });
});

server.listen(0, "127.0.0.1", () => {
  reportSpent({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
