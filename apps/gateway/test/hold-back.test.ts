/** What is held for a request comes back to its account, whatever goes wrong within the gateway itself. */

import { FORMATS } from "@interchange/config";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { SURFACES, type SurfaceRow } from "../src/surfaces.ts";
import { ask, QUESTIONS, type Rig, startRig } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ holdsLost: "the books of one test cannot give back" });
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => rig.close());

describe.each(FORMATS)("%s", (surface) => {
  test.each(["", "/inline"])("base %j: an error between the hold and the run", async (base) => {
    const before = await rig.balance();
    vi.spyOn(rig.gateway.engine.market, "open").mockImplementation(() => {
      throw new Error("nobody expected this");
    });
    const response = await ask(rig, surface, { base });
    expect(response.status).toBe(500);
    expect(await rig.balance()).toEqual(before);
    const receipt = await rig.receipt(response.headers.get("request-id") ?? "");
    expect(receipt).toMatchObject({ status: "error", tokensUsed: 0, reason: "an error of the gateway" });
  });

  test("where the books cannot give it back, it is said what went wrong, and the hold expires", async () => {
    vi.spyOn(rig.gateway.engine.market, "open").mockImplementation(() => {
      throw new Error(`the true cause on ${surface}`);
    });
    vi.spyOn(rig.gateway.engine.ledger, "release").mockRejectedValue(new Error("not now"));
    expect((await ask(rig, surface, { base: "/inline" })).status).toBe(500);
    expect(rig.log()).toContain(`the true cause on ${surface}`);
    expect((await rig.balance()).held).toBeGreaterThan(0);
    rig.later(rig.gateway.engine.runLifeMs + 1);
    await expect.poll(async () => (await rig.balance()).held).toBe(0);
  });
});

describe.each(FORMATS)("%s: a ticket whose request cannot be read", (surface) => {
  test("is not spent by it", async () => {
    const given = await ask(rig, surface, { redirect: "manual" });
    const { dialect } = (SURFACES.find((row) => row.surface.name === surface) as SurfaceRow).surface;
    const unreadable = vi.spyOn(dialect.surface, "readRequest").mockImplementation(() => {
      throw new Error("nobody expected this");
    });
    const url = new URL(given.headers.get("location") ?? "", rig.url);
    const follow = () =>
      fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(QUESTIONS[surface].body()),
      });
    expect((await follow()).status).toBe(500);
    unreadable.mockRestore();
    expect((await follow()).status).toBe(200);
  });
});
