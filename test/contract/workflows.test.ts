/** Goal: the gateway does what the contract says, story by story. Method: `redocly respect` over spec/workflows against a gateway with a supplier and a payment provider, over HTTP. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { paymentsAt, startPaymentProvider } from "../../apps/gateway/test/payment-provider.ts";
import { type Rig, startRig } from "../../apps/gateway/test/rig.ts";
import { chatCompletions, messages } from "../../packages/contract/src/index.ts";
import { readText } from "../workspace.ts";
import { readOperationRows } from "./operation-row.ts";
import { ASKED, type Asked, STORIES, uncovered } from "./story.ts";
import { failureOf, runStories, type StoryRun } from "./story-run.ts";

const rows = readOperationRows();
const documented = new Set(rows.map(({ document, id }) => `${document} ${id}`));

let rig: Rig;
let provider: Awaited<ReturnType<typeof startPaymentProvider>>;
let run: StoryRun;

beforeAll(async () => {
  provider = await startPaymentProvider("pay");
  const timeouts = { firstByteMs: 20_000, idleMs: 20_000 };
  rig = await startRig({ payments: paymentsAt(provider.url), timeouts });
  const { operatorKey, supplier } = rig;
  run = await runStories(rig.url, { operatorKey, run: "gate", supplierUrl: supplier.url });
}, 120_000);

// Closing holds the books against the law of money, and every answer against its document.
afterAll(async () => {
  await rig.close();
  await provider.close();
}, 60_000);

describe("a story holds, step by step", () => {
  test("there are stories", () => expect(STORIES.length).toBeGreaterThan(4));

  test.each(STORIES)("%s", (file) => {
    const steps = run.steps.filter((step) => step.file === file);
    expect(steps.filter(({ faults }) => faults.length > 0).map(failureOf)).toEqual([]);
    expect(steps.length).toBeGreaterThan(0);
  });

  test("to its end, as Redocly sees it too", () => {
    const reached = new Set(run.steps.map(({ name }) => name));
    expect([...ASKED.keys()].filter((name) => !reached.has(name))).toEqual([]);
    expect(run.code, run.stdout.slice(-2_000) + run.stderr).toBe(0);
  });

  test("and with operations that are in the contract", () => {
    const strange = run.steps.filter(({ document, operation }) => !documented.has(`${document} ${operation}`));
    expect(strange.map(({ name }) => name)).toEqual([]);
  });
});

describe("every operation has a contract test", () => {
  test("none is without a step that succeeds", () => expect(uncovered(rows, ASKED.values())).toEqual([]));

  test("every step says which status it wants", () => {
    expect([...ASKED].filter(([, { wanted }]) => wanted === undefined).map(([name]) => name)).toEqual([]);
  });

  const asked: Asked = { document: "chat-completions", operation: "createChatCompletion", wanted: 200 };
  test.each<[string, readonly Asked[], boolean]>([
    ["with success", [asked], false],
    ["to be refused", [{ ...asked, wanted: 404 }], true],
    ["and is redirected", [{ ...asked, wanted: 307 }], true],
    ["whatever comes of it", [{ ...asked, wanted: undefined }], true],
    ["in another document", [{ ...asked, document: "platform" }], true],
    ["under another name", [{ ...asked, operation: "createMessage" }], true],
    ["nowhere", [], true],
  ])("one that is asked for %s", (_title, steps, isMissing) => {
    const says =
      "chat-completions createChatCompletion (POST /v1/chat/completions) has no contract test: no step of spec/workflows asks for it with success. Add one to a story there.";
    expect(uncovered(rows.slice(0, 1), steps)).toEqual(isMissing ? [says] : []);
  });
});

describe("a stream, event by event", () => {
  const surfaces = [
    { document: "chat-completions", check: chatCompletions.validators.createChatCompletion.event, last: "[DONE]" },
    { document: "messages", check: messages.validators.createMessage.event, last: '{"type":"message_stop"}' },
  ];

  test.each(surfaces)("of $document is in contract", ({ document, check, last }) => {
    const streams = run.steps.filter(
      (step) => step.document === document && step.contentType.startsWith("text/event-stream"),
    );
    expect(streams.length).toBeGreaterThan(0);
    for (const { body } of streams) {
      const data = String(body)
        .split("\n")
        .flatMap((line) => (line.startsWith("data: ") ? [line.slice(6)] : []));
      const events = data.filter((text) => text !== "[DONE]").map((text) => JSON.parse(text) as unknown);
      expect(events.filter((event) => !check(event))).toEqual([]);
      expect(events.length).toBeGreaterThan(2);
      expect(data.at(-1)).toBe(last);
    }
  });
});

test.each(STORIES)("%s has no key and no address of a gateway in it", (file) => {
  expect(readText(`spec/workflows/${file}`)).not.toMatch(/ick_|https?:\/\//);
});
