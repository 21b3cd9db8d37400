/** Requests and responses that are born with Express's prototypes have Express's own ways, of the application too. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import express from "express";
import { expect, test } from "vitest";
import { createServer } from "../src/index.ts";

test("what Express adds works, and so does what the application adds to it", async () => {
  const app = express();
  Object.defineProperty(app.response, "sign", { value: "ours" });
  app.get("/own", (req, res) => {
    res.status(203).json({ ip: req.ip, agent: req.get("user-agent"), sign: Reflect.get(res, "sign") });
  });
  const server = createServer(app);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/own`);
  expect([response.status, await response.json()]).toEqual([203, { ip: "127.0.0.1", agent: "node", sign: "ours" }]);
  server.closeAllConnections();
  await once(server.close(), "close");
});
