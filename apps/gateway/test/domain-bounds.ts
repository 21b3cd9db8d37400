/** The bounds of both request formats as the domain has them, written out: given, want. The contract is not looked at. */

/** `shape` is answered 400, `value` 422; `accepted` is routed. Null stands among what it is for. */
export interface Bounds {
  readonly accepted: readonly unknown[];
  readonly shape: readonly unknown[];
  readonly value: readonly unknown[];
}

type Table = Readonly<Record<string, Bounds>>;

/** Stands for a property that is left out. */
export const LEFT_OUT = Symbol("left out");

const SAFE = Number.MAX_SAFE_INTEGER;
const NAME_64 = "n".repeat(64);

const between = (min: number, max: number): Bounds => ({
  accepted: [min, max, (min + max) / 2, null],
  shape: ["1", true, {}],
  value: [min - 0.001, max + 0.001],
});

const whole = (min: number, max: number): Bounds => ({
  accepted: [min, max, null],
  shape: [min + 0.5, String(min), false],
  value: max === SAFE ? [min - 1] : [min - 1, max + 1],
});

const words = (...known: string[]): Bounds => ({
  accepted: [...known, null],
  shape: [7, [], {}],
  value: ["", "no-such-word", known[0]?.toUpperCase()],
});

const notNull = ({ accepted, shape, value }: Bounds): Bounds => ({
  accepted: accepted.filter((given) => given !== null),
  shape: [...shape, null],
  value,
});

const FLAG: Bounds = { accepted: [true, false, null], shape: ["true", 1, []], value: [] };
const TEXT: Bounds = { accepted: ["", "any text", null], shape: [7, [], {}], value: [] };

const user = (content: unknown): unknown => [{ role: "user", content }];
const asked = { role: "user", content: "hi" };
const functionTool = (name: unknown): unknown => [{ type: "function", function: { name } }];
const called = { id: "call_1", type: "function", function: { name: "f", arguments: "{}" } };

/** The tests' own supplier. */
const SUPPLIER = "sim-0";

/** Properties of ours that both formats have. */
const OURS: Table = {
  route: notNull(words("fallback")),
  provider: {
    accepted: [
      {},
      { order: [SUPPLIER], only: [SUPPLIER], ignore: [], allow_fallbacks: false, require_parameters: true },
      { order: [], only: [], ignore: [], allow_fallbacks: true, require_parameters: false },
      { order: Array(100).fill(SUPPLIER) },
      { only: Array(100).fill(SUPPLIER) },
      { sort: "price" },
      { sort: "throughput" },
      { sort: "latency" },
      { max_price: { prompt: 1, completion: "2.5", request: 0, image: "0" }, data_collection: "allow" },
      { max_price: {} },
      { unknown_key: ["any", "thing"], max_price: { video: ["any", "thing"] } },
    ],
    shape: [
      null,
      [],
      "a",
      { order: "a" },
      { only: [7] },
      { ignore: {} },
      { allow_fallbacks: "no" },
      { require_parameters: "yes" },
      { sort: 7 },
      { data_collection: true },
      { max_price: "1" },
      { max_price: { prompt: true } },
    ],
    value: [
      ...["order", "only", "ignore"].flatMap((list) => [
        { [list]: [""] },
        { [list]: [`${NAME_64}n`] },
        { [list]: Array(101).fill(SUPPLIER) },
      ]),
      { sort: "beauty" },
      { data_collection: "maybe" },
      ...["prompt", "completion", "request", "image"].flatMap((each) => [
        { max_price: { [each]: -0.001 } },
        { max_price: { [each]: "-1" } },
        { max_price: { [each]: "1e3" } },
      ]),
    ],
  },
};

/** What `POST /v1/chat/completions` takes. */
export const CHAT_COMPLETIONS: Table = {
  model: { accepted: ["text-max", "Text-Max", "TEXT-MAX"], shape: [null, 7, []], value: ["", LEFT_OUT] },
  messages: {
    accepted: [
      [asked],
      [{ role: "system", content: "Be brief." }, { role: "developer", content: "Be kind." }, asked],
      user([{ type: "text", text: "hi" }]),
      user([{ type: "image_url", image_url: { url: "https://example.com/a.png" } }]),
      user([{ type: "input_audio", input_audio: { data: "AAAA", format: "wav" } }]),
      user([{ type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,AAAA" } }]),
      [asked, { role: "assistant", content: [{ type: "refusal", refusal: "No." }] }],
      [asked, { role: "assistant", content: null, refusal: "No." }],
      [asked, { role: "assistant", content: "Yes.", reasoning_content: "Why not?" }],
      [asked, { role: "assistant", tool_calls: [called] }, { role: "tool", content: "1", tool_call_id: "call_1" }],
    ],
    shape: [
      LEFT_OUT,
      null,
      "hi",
      {},
      ["hi"],
      [{ content: "hi" }],
      [{ role: "user" }],
      user(null),
      user(7),
      user([{ type: "text" }]),
      user([{ text: "hi" }]),
      [asked, { role: "tool", content: "1" }],
      [asked, { role: "assistant", tool_calls: [{ id: "call_1", type: "function" }] }],
    ],
    value: [[], [{ role: "robot", content: "hi" }], user([{ type: "video", video: {} }])],
  },
  max_tokens: whole(1, SAFE),
  max_completion_tokens: whole(1, SAFE),
  temperature: between(0, 2),
  top_p: between(0, 1),
  n: whole(1, 128),
  stream: FLAG,
  stream_options: {
    accepted: [{}, { include_usage: true }, { include_obfuscation: false }, null],
    shape: [true, [], { include_usage: "yes" }],
    value: [],
  },
  stop: {
    accepted: ["END", [], ["a"], ["a", "b", "c", "d"], null],
    shape: [7, {}, [7]],
    value: [["a", "b", "c", "d", "e"]],
  },
  logprobs: FLAG,
  top_logprobs: whole(0, 20),
  response_format: {
    accepted: [
      { type: "text" },
      { type: "json_object" },
      { type: "json_schema", json_schema: { name: "answer", schema: { type: "object" } } },
      null,
    ],
    shape: ["text", {}, { type: "json_schema" }, { type: "json_schema", json_schema: {} }],
    value: [{ type: "xml" }, { type: "json_schema", json_schema: { name: "no name" } }],
  },
  tools: {
    accepted: [[], functionTool("f"), functionTool(NAME_64), [{ type: "custom", custom: { name: "f" } }], null],
    shape: [{}, "f", [{}], [{ type: "function" }], functionTool(undefined), functionTool(7)],
    value: [functionTool(""), functionTool(`${NAME_64}n`), functionTool("get weather"), [{ type: "robot" }]],
  },
  tool_choice: {
    accepted: [
      "none",
      "auto",
      "required",
      { type: "function", function: { name: "f" } },
      { type: "custom", custom: { name: "f" } },
      null,
    ],
    shape: [7, true, {}, { type: "function" }],
    value: ["any", { type: "robot" }],
  },
  parallel_tool_calls: notNull(FLAG),
  frequency_penalty: between(-2, 2),
  presence_penalty: between(-2, 2),
  logit_bias: {
    accepted: [{}, { 50256: -100 }, { 50256: 100 }, null],
    shape: [[], "1", { 50256: "1" }, { 50256: null }],
    value: [{ 50256: -101 }, { 50256: 101 }],
  },
  seed: { accepted: [0, -1, SAFE, -SAFE, null], shape: [1.5, "1"], value: [] },
  service_tier: words("auto", "default", "flex", "scale", "priority"),
  reasoning_effort: words("none", "minimal", "low", "medium", "high", "xhigh", "max"),
  verbosity: words("low", "medium", "high"),
  store: FLAG,
  metadata: { accepted: [{}, { team: "blue" }, null], shape: [[], "blue", { team: 7 }], value: [] },
  prompt_cache_key: TEXT,
  prompt_cache_retention: words("in_memory", "in-memory", "24h"),
  safety_identifier: TEXT,
  modalities: { accepted: [["text"], ["text", "audio"]], shape: ["text", [7]], value: [["smell"]] },
  audio: {
    accepted: [{ voice: "alloy", format: "mp3" }],
    shape: ["alloy", {}],
    value: [{ voice: "a", format: "8-track" }],
  },
  prediction: {
    accepted: [{ type: "content", content: "hi" }],
    shape: ["hi", {}],
    value: [{ type: "robot", content: "" }],
  },
  web_search_options: { accepted: [{}], shape: [true], value: [{ search_context_size: "vast" }] },
  functions: { accepted: [[{ name: "f" }]], shape: [{}, [{}]], value: [[{ name: "get weather" }]] },
  function_call: { accepted: ["none", "auto", { name: "f" }], shape: [7, {}], value: ["any"] },
  ...OURS,
  user: notNull(TEXT),
  unknown_property: { accepted: [null, 7, "text", [], { any: ["thing"] }], shape: [], value: [] },
};

const blocks = (...content: unknown[]): unknown => user(content);
const picture = (data: string): unknown =>
  blocks({ type: "image", source: { type: "base64", media_type: "image/png", data } });
const paper = (data: string): unknown =>
  blocks({ type: "document", source: { type: "base64", media_type: "application/pdf", data } });
const answered = (content: unknown): unknown => [asked, { role: "assistant", content }];
const customTool = (name: unknown): unknown => [{ name, input_schema: { type: "object" } }];

/** What the contract knows and no request may fail by. */
const inert = (...accepted: unknown[]): Bounds => ({ accepted: [...accepted, null], shape: [], value: [] });

/** What `POST /v1/messages` takes. */
export const MESSAGES: Table = {
  model: { accepted: ["text-max", "Text-Max", "TEXT-MAX"], shape: [LEFT_OUT, null, 7], value: [""] },
  max_tokens: { ...notNull(whole(1, SAFE)), shape: [LEFT_OUT, null, 1.5, "1"] },
  messages: {
    accepted: [
      [asked],
      [asked, { role: "system", content: "Be brief." }],
      [{ role: "system", content: "Be brief." }, asked, { role: "assistant", content: "Well" }],
      [{ role: "user", content: "hi", output_config: { effort: "low" } }],
      blocks({ type: "text", text: "hi" }),
      ...["AAAA", "QQ==", "QUI=", "QUJDRA==", "QUJDRUZH"].flatMap((data) => [picture(data), paper(data)]),
      blocks({ type: "image", source: { type: "url", url: "https://example.com/a.png" } }),
      blocks({ type: "image", source: { type: "file", file_id: "file_1" } }),
      blocks({ type: "search_result", source: "a", title: "A", content: [{ type: "text", text: "a" }] }),
      answered([{ type: "tool_use", id: "toolu_1", name: "f", input: {} }]),
      answered([{ type: "thinking", thinking: "Hm.", signature: "c2ln" }]),
      answered([{ type: "redacted_thinking", data: "AAAA" }]),
      answered([{ type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: {} }]),
      blocks({ type: "tool_result", tool_use_id: "toolu_1", content: "1" }),
      blocks({ type: "tool_result", tool_use_id: "toolu_1", content: [{ type: "text", text: "1" }], is_error: true }),
    ],
    shape: [
      LEFT_OUT,
      null,
      "hi",
      ["hi"],
      [{ content: "hi" }],
      [{ role: "user" }],
      user(null),
      user(7),
      blocks({ type: "text" }),
      blocks({ text: "hi" }),
      blocks({ type: "image" }),
      answered([{ type: "tool_use", id: "toolu_1", name: "f" }]),
    ],
    value: [
      [],
      [{ role: "robot", content: "hi" }],
      blocks({ type: "image", source: { type: "pigeon" } }),
      ...["data:image/png;base64,QUJD", "", "=", "not Base64"].flatMap((data) => [picture(data), paper(data)]),
    ],
  },
  system: {
    accepted: ["Be brief.", [{ type: "text", text: "Be brief." }], [], null],
    shape: [7, {}, [{ type: "text" }], ["Be brief."]],
    value: [[{ type: "image", text: "Be brief." }]],
  },
  stop_sequences: { accepted: [[], ["END"], null], shape: ["END", [7]], value: [] },
  stream: FLAG,
  temperature: between(0, 1),
  top_p: between(0, 1),
  top_k: whole(0, SAFE),
  service_tier: words("auto", "standard_only"),
  tools: {
    accepted: [[], customTool("f"), [{ type: "web_search_20250305", name: "web_search" }], null],
    shape: [{}, "f", [{}], [{ name: "f" }], customTool(7)],
    value: [customTool(""), customTool("get weather"), [{ type: "robot" }]],
  },
  tool_choice: {
    accepted: [
      { type: "auto", disable_parallel_tool_use: true },
      { type: "any", disable_parallel_tool_use: false },
      { type: "tool", name: "f", disable_parallel_tool_use: true },
      { type: "none" },
      null,
    ],
    shape: ["auto", {}, { type: "tool" }, { type: "auto", disable_parallel_tool_use: "yes" }],
    value: [{ type: "required" }],
  },
  thinking: inert({ type: "enabled", budget_tokens: 1_024 }, { type: "disabled" }, { type: "adaptive" }),
  output_config: inert({}, { effort: "high" }, { format: { type: "json_schema", schema: { type: "object" } } }),
  metadata: inert({}, { user_id: "u" }),
  container: inert("container_1", { id: "container_1", skills: [] }),
  context_management: inert({ edits: [{ type: "clear_tool_uses_20250919" }] }),
  cache_control: inert({ type: "ephemeral" }, { type: "ephemeral", ttl: "1h" }),
  mcp_servers: inert([], [{ type: "url", name: "m", url: "https://example.com/mcp" }]),
  safeguards: inert({}, []),
  speed: inert("standard", "fast"),
  inference_geo: inert("us"),
  diagnostics: inert({}),
  user_profile_id: inert("profile_1"),
  workspace_id: inert("wrkspc_1"),
  ...OURS,
  unknown_property: { accepted: [null, 7, "text", [], { any: ["thing"] }], shape: [], value: [] },
};
