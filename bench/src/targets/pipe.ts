/** The limit of streaming: bare node:http that sends a request on to the supplier and pipes its answer back. */
import http from "node:http";
import type { AddressInfo } from "node:net";
import { reportSpent } from "../target.ts";

const supplier = new URL(process.argv[2] ?? "");
const agent = new http.Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

const server = http.createServer((req, res) => {
  const { "content-type": type = "", "content-length": length = "0" } = req.headers;
  const headers = { "content-type": type, "content-length": length };
  const options = { host: supplier.hostname, port: supplier.port, path: req.url, method: "POST", agent, headers };
  const sent = http.request(options, (reply) => {
    res.writeHead(reply.statusCode ?? 502, { "content-type": reply.headers["content-type"] ?? "" });
    reply.pipe(res);
  });
  req.pipe(sent);
});

server.listen(0, "127.0.0.1", () => {
  reportSpent({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
