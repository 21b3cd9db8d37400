/** Operators can watch how suppliers stand; nobody else can. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { ask, INSTRUMENT, type Rig, startRig } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ suppliers: [{ directives: { status: 429, retryAfter: 30 } }, {}], breakers: true });
});
afterAll(() => rig.close());

function scrape(headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${rig.url}/metrics`, { headers });
}

test("breakers, requests in flight and the window are told", async () => {
  await (await ask(rig, "messages")).text();
  const response = await scrape({ authorization: `Bearer ${rig.operatorKey}` });
  expect([response.status, response.headers.get("content-type")]).toEqual([200, expect.stringMatching(/^text\/plain/)]);
  const lines = (await response.text()).split("\n");
  const of = (supplier: string) => `{supplier="${supplier}",instrument="${INSTRUMENT}"}`;
  expect(lines).toContain(`interchange_supplier_breaker_state${of("sim-0")} 2`);
  expect(lines).toContain(`interchange_supplier_breaker_state${of("sim-1")} 0`);
  expect(lines).toContain(`interchange_supplier_window_attempts${of("sim-1")} 1`);
  expect(lines).toContain(`interchange_supplier_requests_in_flight${of("sim-1")} 0`);
});

test.each([
  ["no key", () => ({}), 401],
  ["a key that nobody has", () => ({ authorization: "Bearer ick_no" }), 401],
  ["a consumption key", () => ({ "x-api-key": rig.key }), 403],
])("%s is refused", async (_, headers, status) => {
  const response = await scrape(headers());
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ error: { message: expect.any(String) } });
});
