/** Properties that the contract knows since clients send them: none makes a request fail by itself, whoever fills it. */

import { DEFAULT_TIMEOUTS } from "@interchange/config";
import { type Supplier, startSupplier } from "@interchange/supplier-sim";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ask, INSTRUMENT, QUESTIONS, type Rig, startRig } from "./rig.ts";

let supplier: Supplier;
let rig: Rig;
/** One in which everything is offered, in the same format. */
let seeing: Rig;

/** A market in which nobody offers more than tools. */
beforeAll(async () => {
  supplier = await startSupplier();
  const offer = { supplier: "plain", dialect: "messages", instrument: INSTRUMENT, model: "m", askMicros: 1 };
  const row = {
    name: "plain",
    baseUrl: supplier.url,
    dialects: ["messages"] as const,
    timeouts: DEFAULT_TIMEOUTS,
    offers: [{ ...offer, features: ["tools"] as const, delivery: "relay" as const }],
  };
  rig = await startRig({ config: { suppliers: [row] } });
  seeing = await startRig({ dialects: ["messages"] });
});
afterAll(async () => {
  await rig.close();
  await seeing.close();
  await supplier.close();
});

const INERT: Readonly<Record<string, unknown>> = {
  thinking: { type: "enabled", budget_tokens: 1_024 },
  output_config: { effort: "high", task_budget: { type: "tokens", total: 5_000 } },
  metadata: { user_id: "u" },
  container: "container_1",
  context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
  cache_control: { type: "ephemeral" },
  mcp_servers: [{ type: "url", url: "https://x.example", name: "x" }],
  safeguards: { where: "here" },
  speed: "fast",
  inference_geo: "eu",
  diagnostics: {},
  user_profile_id: "p",
  workspace_id: "w",
};

test.each(Object.entries(INERT))("%s", async (name, value) => {
  const body = QUESTIONS.messages.body({ max_tokens: 2_000, [name]: value });
  const response = await ask(rig, "messages", { body });
  expect(response.status, await response.text()).toBe(200);
  expect(JSON.parse(supplier.requests.at(-1)?.body.toString() ?? "")).toHaveProperty(name, value);
});

test.each([
  [
    "the name of one of several participants",
    { messages: [{ role: "user", name: "Ann", content: "Hi" }] },
    "messages[0].name",
  ],
  [
    "how closely to look",
    {
      messages: [
        {
          role: "user",
          content: [{ type: "image_url", image_url: { url: "https://x.example/a.png", detail: "low" } }],
        },
      ],
    },
    "messages[0].content[0].image_url.detail",
  ],
])("Q24 whoever wants nothing left out is refused what only its own format can say: %s", async (_, extra, name) => {
  const strict = { ...extra, provider: { require_parameters: true } };
  for (const [body, want] of [
    [extra, 200],
    [strict, 400],
  ] as const) {
    const response = await ask(seeing, "chat-completions", { body: QUESTIONS["chat-completions"].body(body) });
    const text = await response.text();
    expect(response.status, text).toBe(want);
    if (want === 200) expect(response.headers.get("x-interchange-dropped")).toBe(name);
    else expect(text).toContain(name);
  }
});

test.each([
  ["the tools of such a server", { tools: [{ type: "mcp_toolset", mcp_server_name: "x" }] }],
  ["the form of the answer", { output_config: { format: { type: "json_schema", schema: { type: "object" } } } }],
])("%s does need somebody who offers it", async (_, extra) => {
  const response = await ask(rig, "messages", { body: QUESTIONS.messages.body(extra) });
  expect(response.status, await response.text()).toBe(400);
});
