/** Goal: the browser of whoever reads the documentation asks nobody else for anything. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import express from "express";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { besides } from "../src/besides.ts";
import { createStopping } from "../src/stopping.ts";
import { type Rig, startRig } from "./rig.ts";

let rig: Rig;
let server: Server;
let url: string;
const docsDir = mkdtempSync(join(tmpdir(), "interchange-docs-"));
beforeAll(async () => {
  writeFileSync(join(docsDir, "index.html"), "<!doctype html><title>Docs</title>");
  writeFileSync(join(docsDir, "index.md"), "# Dócs\n");
  rig = await startRig();
  const { engine } = rig.gateway;
  server = createServer(express().use(besides({ engine, stopping: createStopping(0), docsDir })));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await rig.close();
  rmSync(docsDir, { recursive: true });
});

describe("a page of the documentation", () => {
  test.each(["/docs/", "/docs/index.html"])("%s may load nothing from a foreign host", async (path) => {
    const answer = await fetch(url + path);
    const policy = answer.headers.get("content-security-policy") ?? "";
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining("Docs")]);
    expect(policy).toMatch(/^default-src 'none';/);
    expect(policy).not.toMatch(/https?:|\*/);
    expect(policy).toContain("connect-src 'self';");
  });
  test("has a Markdown twin that is sent as Markdown", async () => {
    const answer = await fetch(`${url}/docs/index.md`);
    expect([answer.headers.get("content-type"), await answer.text()]).toEqual([
      "text/markdown; charset=utf-8",
      "# Dócs\n",
    ]);
  });
  test("is listed for language models where they look for it", async () => {
    const answer = await fetch(`${url}/llms.txt`, { redirect: "manual" });
    expect([answer.status, answer.headers.get("location")]).toEqual([302, "/docs/llms.txt"]);
  });
  test("the first page leads there", async () => {
    const answer = await fetch(url, { redirect: "manual" });
    expect([answer.status, answer.headers.get("location")]).toEqual([302, "/docs/"]);
  });
});
