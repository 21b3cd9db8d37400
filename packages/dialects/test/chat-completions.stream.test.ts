/** What suppliers really stream, where it strays from the format. The names begin with the case they prove. */
import { fold } from "@interchange/inference";
import { describe, expect, test } from "vitest";
import { chatCompletions } from "../src/index.ts";
import { read, told } from "./told.ts";

type Row = readonly [name: string, given: string, want: readonly string[]];

const START = "start id=c1";
const STOP = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n';
const DONE = "data: [DONE]\n\n";

function chunk(choice: object, beside: object = {}): string {
  return `data: ${JSON.stringify({ id: "c1", model: "m", ...beside, choices: [{ index: 0, ...choice }] })}\n\n`;
}

function delta(said: object, beside: object = {}): string {
  return chunk({ delta: said }, beside);
}

function call(wire: object): string {
  return delta({ tool_calls: [wire] });
}

const TEXT = ["text-start 0.0", "text-delta 0.0 text=Hi", "text-end 0.0"];
const ENDED = ["finish 0 finish=stop", "end"];
const CUT = "error failure=The supplier closed the stream before the answer was finished";

const ROWS: readonly Row[] = [
  [
    "plain",
    delta({ role: "assistant", content: "" }) + delta({ content: "Hi" }) + STOP + DONE,
    [START, ...TEXT, ...ENDED],
  ],
  [
    "S12 an empty finish_reason means null",
    chunk({ delta: { content: "Hi" }, finish_reason: "" }) + STOP + DONE,
    [START, ...TEXT, ...ENDED],
  ],
  [
    "S01 arguments in the same chunk as id and name",
    call({ index: 0, id: "a", function: { name: "f", arguments: '{"x":1}' } }) +
      chunk({ delta: {}, finish_reason: "tool_calls" }) +
      DONE,
    [
      START,
      "tool-input-start 0.0 callId=a name=f",
      'tool-input-delta 0.0 text={"x":1}',
      "tool-input-end 0.0",
      "finish 0 finish=tool-use",
      "end",
    ],
  ],
  [
    "S03 an empty list of calls begins none",
    delta({ content: "Hi", tool_calls: [] }) + STOP + DONE,
    [START, ...TEXT, ...ENDED],
  ],
  [
    "S08 parallel calls that are told in turns",
    call({ index: 0, id: "a", function: { name: "f", arguments: "" } }) +
      call({ index: 1, id: "b", function: { name: "g", arguments: "2" } }) +
      call({ index: 0, function: { arguments: "1" } }) +
      STOP +
      DONE,
    [
      START,
      "tool-input-start 0.0 callId=a name=f",
      "tool-input-start 0.1 callId=b name=g",
      "tool-input-delta 0.1 text=2",
      "tool-input-delta 0.0 text=1",
      "tool-input-end 0.0",
      "tool-input-end 0.1",
      "finish 0 finish=tool-use",
      "end",
    ],
  ],
  [
    "S09 text, thoughts, text are three parts",
    delta({ content: "a" }) + delta({ reasoning_content: "b" }) + delta({ content: "c" }) + STOP + DONE,
    [
      START,
      "text-start 0.0",
      "text-delta 0.0 text=a",
      "text-end 0.0",
      "reasoning-start 0.1",
      "reasoning-delta 0.1 text=b",
      "reasoning-end 0.1",
      "text-start 0.2",
      "text-delta 0.2 text=c",
      "text-end 0.2",
      ...ENDED,
    ],
  ],
  [
    "S11 a later finish does not replace an earlier one",
    delta({ content: "Hi" }) + chunk({ delta: {}, finish_reason: "length" }) + STOP + DONE,
    [START, ...TEXT, "finish 0 finish=length", "end"],
  ],
  [
    "S13 S15 usage after the finish, repeated, is cumulative",
    delta({ content: "Hi" }, { usage: { prompt_tokens: 5, completion_tokens: 1 } }) +
      STOP +
      'data: {"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":3}}}\n\n' +
      DONE,
    [
      START,
      "text-start 0.0",
      "text-delta 0.0 text=Hi",
      "usage usage=[5,0,0,0,1]",
      "text-end 0.0",
      "finish 0 finish=stop",
      "usage usage=[2,3,0,0,2]",
      "end",
    ],
  ],
  [
    "S14 usage on the chunk that finishes",
    delta({ content: "Hi" }) +
      chunk({ delta: {}, finish_reason: "stop" }, { usage: { prompt_tokens: 5, completion_tokens: 1 } }) +
      DONE,
    [START, ...TEXT, "finish 0 finish=stop", "usage usage=[5,0,0,0,1]", "end"],
  ],
  [
    "S27 chunks without choices, with none, without index, with nulls",
    `data: {"id":"","model":"","choices":[],"prompt_filter_results":[]}\n\ndata: {"id":"c1"}\n\ndata: {"id":"c1","choices":[{"delta":{"content":"Hi","tool_calls":null,"refusal":null},"logprobs":null}],"usage":null}\n\n${STOP}${DONE}`,
    [START, ...TEXT, ...ENDED],
  ],
  [
    "S28 content after the finish is left out",
    delta({ content: "Hi" }) + STOP + delta({ content: "more" }) + DONE,
    [START, ...TEXT, ...ENDED],
  ],
  [
    "S30 arguments cut short by the limit are passed on",
    call({ index: 0, id: "a", function: { name: "f", arguments: '{"x' } }) +
      chunk({ delta: {}, finish_reason: "length" }) +
      DONE,
    [
      START,
      "tool-input-start 0.0 callId=a name=f",
      'tool-input-delta 0.0 text={"x',
      "tool-input-end 0.0",
      "finish 0 finish=length",
      "end",
    ],
  ],
  [
    "S32 calls without index are told apart by id, and go on without one",
    call({ id: "a", function: { name: "f", arguments: "1" } }) +
      call({ function: { arguments: "2" } }) +
      call({ id: "b", function: { name: "g", arguments: "3" } }) +
      call({ id: "a", function: { arguments: "4" } }) +
      STOP,
    [
      START,
      "tool-input-start 0.0 callId=a name=f",
      "tool-input-delta 0.0 text=1",
      "tool-input-delta 0.0 text=2",
      "tool-input-start 0.1 callId=b name=g",
      "tool-input-delta 0.1 text=3",
      "tool-input-delta 0.0 text=4",
      "tool-input-end 0.0",
      "tool-input-end 0.1",
      "finish 0 finish=tool-use",
      "end",
    ],
  ],
  [
    "S32 calls that all have index 0 are told apart by id",
    call({ index: 0, id: "a", function: { name: "f", arguments: "1" } }) +
      call({ index: 0, id: "b", function: { name: "g", arguments: "2" } }) +
      STOP,
    [
      START,
      "tool-input-start 0.0 callId=a name=f",
      "tool-input-delta 0.0 text=1",
      "tool-input-start 0.1 callId=b name=g",
      "tool-input-delta 0.1 text=2",
      "tool-input-end 0.0",
      "tool-input-end 0.1",
      "finish 0 finish=tool-use",
      "end",
    ],
  ],
  [
    "whole calls in one chunk with neither index nor id",
    delta({
      tool_calls: [{ function: { name: "f", arguments: { x: 1 } } }, { function: { name: "g", arguments: "{}" } }],
    }) + STOP,
    [
      START,
      "tool-input-start 0.0 callId= name=f",
      'tool-input-delta 0.0 text={"x":1}',
      "tool-input-start 0.1 callId= name=g",
      "tool-input-delta 0.1 text={}",
      "tool-input-end 0.0",
      "tool-input-end 0.1",
      "finish 0 finish=tool-use",
      "end",
    ],
  ],
  [
    "a call of a custom tool stays opaque and grows",
    call({ index: 0, id: "a", type: "custom", custom: { name: "sql", input: "" } }) +
      call({ index: 0, custom: { input: "SELECT" } }) +
      STOP,
    [
      START,
      'opaque-start 0.0 wire={"tool_calls":[{"id":"a","type":"custom","custom":{"name":"sql","input":""}}]}',
      'opaque-delta 0.0 wire={"tool_calls":[{"custom":{"input":"SELECT"}}]}',
      "opaque-end 0.0",
      "finish 0 finish=tool-use",
      "end",
    ],
  ],
  [
    "two choices, in turns",
    chunk({ index: 1, delta: { content: "b" } }) +
      chunk({ index: 0, delta: { content: "a" } }) +
      chunk({ index: 1, delta: {}, finish_reason: "stop" }) +
      STOP,
    [
      START,
      "text-start 0.0",
      "text-delta 0.0 text=b",
      "text-start 1.0",
      "text-delta 1.0 text=a",
      "text-end 0.0",
      "finish 0 finish=stop",
      "text-end 1.0",
      "finish 1 finish=stop",
      "end",
    ],
  ],
  [
    "choices whose numbers are far apart are counted in their order",
    chunk({ index: 3, delta: { content: "a" }, finish_reason: "stop" }) +
      chunk({ index: 127, delta: { content: "b" }, finish_reason: "stop" }) +
      DONE,
    [
      START,
      "text-start 0.0",
      "text-delta 0.0 text=a",
      "text-end 0.0",
      "finish 0 finish=stop",
      "text-start 1.0",
      "text-delta 1.0 text=b",
      "text-end 1.0",
      "finish 1 finish=stop",
      "end",
    ],
  ],
  ...[-1, 1.5, 128, 2 ** 60, "1", null].map(
    (index): Row => [
      `a choice numbered ${JSON.stringify(index)} is known by its place`,
      chunk({ index, delta: { content: "Hi" } }) + STOP + DONE,
      [START, ...TEXT, ...ENDED],
    ],
  ),
  [
    "an unknown finish_reason is kept raw",
    delta({ content: "Hi" }) + chunk({ delta: {}, finish_reason: "eos" }),
    [START, ...TEXT, "finish 0 finish=unknown", "end"],
  ],
  ["closed after the finish, without [DONE]", delta({ content: "Hi" }) + STOP, [START, ...TEXT, ...ENDED]],
  [
    "S19 an answer that ends in an error has not ended",
    delta({ content: "Hi" }) + chunk({ delta: {}, finish_reason: "error" }) + DONE,
    [START, ...TEXT, "error failure=The supplier gave up on its answer"],
  ],
  [
    "S19 an answer that ends in an error of its own words",
    delta({ content: "Hi" }) + chunk({ delta: {}, finish_reason: "error", error: { message: "Gone" } }) + DONE,
    [START, ...TEXT, "error failure=Gone"],
  ],
  ["S06 closed before the finish", delta({ content: "Hi" }), [START, ...TEXT, CUT]],
  ["S36 [DONE] before the finish", delta({ content: "Hi" }) + DONE, [START, ...TEXT, CUT]],
  [
    "one of two choices never finishes",
    chunk({ index: 1, delta: { content: "b" } }) + STOP + DONE,
    [START, "text-start 0.0", "text-delta 0.0 text=b", "finish 1 finish=stop", "text-end 0.0", CUT],
  ],
  ["nothing at all", "", [CUT]],
  ["nothing but [DONE]", DONE, [CUT]],
  [
    "S19 an error in the place of a chunk",
    `${delta({ content: "Hi" })}data: {"error":{"message":"Overloaded","type":"overloaded_error","code":529}}\n\n${STOP}`,
    [START, ...TEXT, "error failure=Overloaded"],
  ],
  ["S19 an error as a text", `data: {"error":"out of memory"}\n\n`, ["error failure=out of memory"]],
  ["S19 an event named error", `event: error\ndata: {"message":"boom"}\n\n`, ["error failure=boom"]],
  [
    "S19 an event named error that is no JSON",
    `event: error\ndata: boom\n\n`,
    ["error failure=The supplier sent something that is no answer"],
  ],
  [
    "vLLM's error object",
    `data: {"object":"error","message":"too long","type":"BadRequestError","code":400}\n\n`,
    ["error failure=too long"],
  ],
  [
    "JSON cut in the middle",
    `${delta({ content: "Hi" })}data: {"id":"c1","cho\n\n${STOP}`,
    [START, ...TEXT, "error failure=The supplier sent something that is not JSON within its stream"],
  ],
  [
    "S02 a call that is told whole only at the end",
    call({ index: 0, id: "a", function: { name: "f", arguments: "" } }) +
      chunk({
        message: { role: "assistant", tool_calls: [{ id: "a", function: { name: "f", arguments: '{"x":1}' } }] },
        finish_reason: "tool_calls",
      }) +
      DONE,
    [
      START,
      "tool-input-start 0.0 callId=a name=f",
      'tool-input-delta 0.0 text={"x":1}',
      "tool-input-end 0.0",
      "finish 0 finish=tool-use",
      "end",
    ],
  ],
  [
    "S02 what was told in deltas is not told again by the whole",
    delta({ content: "Hi" }) +
      call({ index: 0, id: "a", function: { name: "f", arguments: "{}" } }) +
      chunk({
        message: { content: "Hi", tool_calls: [{ id: "a", function: { name: "f", arguments: "{}" } }] },
        finish_reason: "tool_calls",
      }) +
      DONE,
    [
      START,
      ...TEXT,
      "tool-input-start 0.1 callId=a name=f",
      "tool-input-delta 0.1 text={}",
      "tool-input-end 0.1",
      "finish 0 finish=tool-use",
      "end",
    ],
  ],
  [
    "S22 a message, whole, in the place of deltas",
    chunk({
      message: { role: "assistant", content: "Hi", reasoning_content: "hm" },
      finish_reason: "stop",
    }) + DONE,
    [
      START,
      "reasoning-start 0.0",
      "reasoning-delta 0.0 text=hm",
      "reasoning-end 0.0",
      "text-start 0.1",
      "text-delta 0.1 text=Hi",
      "text-end 0.1",
      ...ENDED,
    ],
  ],
  [
    "S04 S05 the start comes first and once, where the first chunk has no role and only a call",
    call({ index: 0, id: "a", function: { name: "f" } }) + delta({ role: "assistant" }) + STOP + DONE,
    [START, "tool-input-start 0.0 callId=a name=f", "tool-input-end 0.0", "finish 0 finish=tool-use", "end"],
  ],
  [
    "S04 the start comes first where the first chunk has only usage",
    `data: {"id":"c1","choices":[],"usage":{"prompt_tokens":5,"completion_tokens":0}}\n\n${delta({ content: "Hi" })}${STOP}`,
    [START, "usage usage=[5,0,0,0,0]", ...TEXT, ...ENDED],
  ],
  [
    "S07 S10 S29 a call without arguments ends before the finish, which is for it whatever the word",
    call({ index: 0, id: "a", type: "function", function: { name: "f", arguments: "" } }) + STOP + DONE,
    [START, "tool-input-start 0.0 callId=a name=f", "tool-input-end 0.0", "finish 0 finish=tool-use", "end"],
  ],
  [
    "S18 thoughts under either name, then in pieces with what proves them",
    delta({ reasoning: "a" }) +
      delta({ reasoning: "b", reasoning_details: [{ type: "reasoning.text", text: "b", index: 0 }] }) +
      delta({ reasoning_details: [{ type: "reasoning.text", signature: "s", index: 0 }] }) +
      delta({ reasoning_details: [{ type: "reasoning.encrypted", data: "x", index: 1 }] }) +
      delta({ content: "Hi" }) +
      STOP,
    [
      START,
      "reasoning-start 0.0",
      "reasoning-delta 0.0 text=a",
      "reasoning-delta 0.0 text=b",
      "reasoning-signature 0.0 signature=s",
      "reasoning-end 0.0",
      "reasoning-start 0.1 redacted=x",
      "reasoning-end 0.1",
      "text-start 0.2",
      "text-delta 0.2 text=Hi",
      "text-end 0.2",
      ...ENDED,
    ],
  ],
  [
    "S18 a proof that comes with the whole thought once more",
    delta({ reasoning_content: "a" }) +
      delta({ reasoning_content: "b" }) +
      delta({ reasoning_details: [{ type: "reasoning.text", text: "ab", signature: "s", index: 0 }] }) +
      delta({ reasoning_content: "c" }) +
      STOP,
    [
      START,
      "reasoning-start 0.0",
      "reasoning-delta 0.0 text=a",
      "reasoning-delta 0.0 text=b",
      "reasoning-signature 0.0 signature=s",
      "reasoning-end 0.0",
      "reasoning-start 0.1",
      "reasoning-delta 0.1 text=c",
      "reasoning-end 0.1",
      ...ENDED,
    ],
  ],
  [
    "content in parts, thoughts among them",
    delta({ content: [{ type: "thinking", thinking: [{ type: "text", text: "hm" }] }] }) +
      delta({ content: [{ type: "text", text: "Hi" }] }) +
      STOP,
    [
      START,
      "reasoning-start 0.0",
      "reasoning-delta 0.0 text=hm",
      "reasoning-end 0.0",
      "text-start 0.1",
      "text-delta 0.1 text=Hi",
      "text-end 0.1",
      ...ENDED,
    ],
  ],
  [
    "R02 declining ends for that, whatever the word",
    delta({ refusal: "No." }) + STOP,
    [
      START,
      "refusal-start 0.0",
      "refusal-delta 0.0 text=No.",
      "refusal-end 0.0",
      "finish 0 finish=content-filter",
      "end",
    ],
  ],
  [
    "R03 the text that stopped it, where the supplier names it",
    delta({ content: "Hi" }) + chunk({ delta: {}, finish_reason: "stop", stop_reason: "END" }),
    [START, ...TEXT, "finish 0 finish=stop-sequence", "end"],
  ],
  [
    "R03 the token that stopped it is no text",
    delta({ content: "Hi" }) + chunk({ delta: {}, finish_reason: "stop", stop_reason: 128009 }),
    [START, ...TEXT, ...ENDED],
  ],
  [
    "R05 arguments that are no JSON are passed on",
    call({ index: 0, id: "a", function: { name: "f", arguments: "{'x': 1}" } }) +
      chunk({ delta: {}, finish_reason: "tool_calls" }),
    [
      START,
      "tool-input-start 0.0 callId=a name=f",
      "tool-input-delta 0.0 text={'x': 1}",
      "tool-input-end 0.0",
      "finish 0 finish=tool-use",
      "end",
    ],
  ],
  [
    "S25 records ended by CRLF and by CR, without the space, in several lines, after a BOM",
    `\ufeff${[delta({ content: "Hi" }).replaceAll("\n", "\r\n"), STOP.replaceAll("\n", "\r").replace("data: ", "data:")].join("")}data: [DONE]\r\n\r\n`,
    [START, ...TEXT, ...ENDED],
  ],
  [
    "S26 comments and empty data are skipped",
    `: PROCESSING\n\ndata:\n\n${delta({ content: "Hi" })}${STOP}${DONE}`,
    [START, ...TEXT, ...ENDED],
  ],
];

describe("chat-completions, what suppliers stream", () => {
  test.each(ROWS)("%s", (_name, given, want) => {
    expect(told(chatCompletions, given)).toEqual(want);
  });
});

test("S24 signs of several bytes survive every cut", () => {
  const bytes = Buffer.from(delta({ content: "Gänse 🪿 飛ぶ" }) + STOP + DONE);
  for (let cut = 1; cut < bytes.length; cut++) {
    const reader = chatCompletions.supplier.readEvents();
    const events = [...reader.push(bytes.subarray(0, cut)), ...reader.push(bytes.subarray(cut)), ...reader.end()];
    expect(events).toContainEqual({ type: "text-delta", choice: 0, part: 0, text: "Gänse 🪿 飛ぶ" });
  }
});

function rewrite(text: string, showUsage = false): readonly unknown[] {
  const writer = chatCompletions.surface.writeEvents({ showUsage, requestId: "req_1" });
  return read(chatCompletions, text).flatMap((event) => writer.write(event));
}

describe("chat-completions, what callers are streamed", () => {
  const head = { id: "c1", created: 7, model: "m", object: "chat.completion.chunk" };
  const first = { index: 0, delta: { role: "assistant", content: null }, finish_reason: null };
  const given = `${delta({ content: "Hi" }, { created: 7, system_fingerprint: "fp", x_groq: { id: "g" } })}${STOP}data: {"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":1}}\n\n${DONE}`;
  const texts = [
    { ...head, system_fingerprint: "fp", x_groq: { id: "g" }, choices: [first] },
    { ...head, system_fingerprint: "fp", choices: [{ index: 0, delta: { content: "Hi" }, finish_reason: null }] },
    { ...head, system_fingerprint: "fp", choices: [{ index: 0, delta: {}, finish_reason: "stop" }] },
  ];

  test("without usage when it was not asked for", () => {
    expect(rewrite(given)).toEqual(texts);
  });

  test("S34 with usage: null on every chunk, then one chunk without choices", () => {
    const usage = { prompt_tokens: 5, completion_tokens: 1, total_tokens: 6 };
    const want = [
      ...texts.map((text) => ({ ...text, usage: null })),
      { ...head, system_fingerprint: "fp", choices: [], usage },
    ];
    expect(rewrite(given, true)).toEqual(want);
  });

  test("S33 S31 calls are counted, the first delta has id, type and name", () => {
    const one = delta({ content: "Hi" }) + call({ index: 5, id: "a", function: { name: "f", arguments: "1" } });
    const two = call({ index: 7, id: "b", function: { name: "g", arguments: "2" }, extra_content: { sig: "s" } });
    const deltas = rewrite(one + two + STOP).map((event) => Reflect.get(event as object, "choices")[0].delta);
    expect(deltas.slice(2, -1)).toEqual([
      { tool_calls: [{ index: 0, id: "a", type: "function", function: { name: "f", arguments: "" } }] },
      { tool_calls: [{ index: 0, function: { arguments: "1" } }] },
      {
        tool_calls: [
          { index: 1, id: "b", type: "function", function: { name: "g", arguments: "" }, extra_content: { sig: "s" } },
        ],
      },
      { tool_calls: [{ index: 1, function: { arguments: "2" } }] },
    ]);
  });

  test("what has no word stays with its text, beside the message and within it", () => {
    const logprobs = { content: [{ token: "Hi", logprob: -1, bytes: null, top_logprobs: [] }] };
    const text = chunk({ delta: { content: "Hi", annotations: [{ type: "x" }] }, logprobs }) + STOP;
    expect(rewrite(text)[1]).toMatchObject({
      choices: [{ index: 0, delta: { content: "Hi", annotations: [{ type: "x" }] }, logprobs }],
    });
    const answer = fold(read(chatCompletions, text));
    expect(chatCompletions.surface.writeAnswer(answer as never)).toMatchObject({
      choices: [{ message: { content: "Hi", annotations: [{ type: "x" }] }, logprobs }],
    });
  });

  test("what a token's probability leaves out is filled in", () => {
    const others = [{ token: "Hi", logprob: -1 }];
    const given = {
      content: [
        { token: "Hi", logprob: -1, top_logprobs: others },
        { token: "!", logprob: -2 },
      ],
    };
    const want = {
      content: [
        { token: "Hi", logprob: -1, bytes: null, top_logprobs: [{ token: "Hi", logprob: -1, bytes: null }] },
        { token: "!", logprob: -2, bytes: null, top_logprobs: [] },
      ],
    };
    const text = chunk({ delta: { content: "Hi" }, logprobs: given }) + STOP;
    expect(rewrite(text)[1]).toMatchObject({ choices: [{ logprobs: want }] });
  });

  test("`reasoning` is told under the contract's name beside its own", () => {
    const deltas = rewrite(delta({ reasoning: "hm" }) + STOP).map(
      (event) => Reflect.get(event as object, "choices")[0].delta,
    );
    expect(deltas[1]).toEqual({ reasoning_content: "hm", reasoning: "hm" });
  });

  test("every choice gets its role, with its first delta", () => {
    const text = STOP + chunk({ index: 1, delta: { content: "b" }, finish_reason: "stop" });
    const roles = rewrite(text).map((event) => Reflect.get(event as object, "choices")[0]);
    expect(roles[2]).toEqual({ index: 1, delta: { role: "assistant", content: "b" }, finish_reason: null });
  });

  test("S38 an error is the last event, in the surface's own words", () => {
    const last = rewrite(`${delta({ content: "Hi" })}data: {"error":{"message":"no","type":"server_error"}}\n\n`).at(
      -1,
    );
    expect(last).toEqual({ error: { message: "no", type: "api_error", param: null, code: "supplier_failed" } });
  });

  test("a supplier that was too slow is told as one, by type and by code", () => {
    const writer = chatCompletions.surface.writeEvents({ showUsage: false, requestId: "req_1" });
    const failure = { message: "slow", type: "overloaded_error", caller: false, timeout: true };
    const error = { message: "slow", type: "timeout_error", param: null, code: "supplier_timeout" };
    expect(writer.write({ type: "error", failure })).toEqual([{ error }]);
  });

  test("audio and function_call are joined into a whole answer", () => {
    const text =
      delta({ audio: { id: "au", data: "AA", transcript: "he" } }) +
      delta({ audio: { data: "BB", transcript: "llo", expires_at: 9 } }) +
      delta({ function_call: { name: "f", arguments: '{"a"' } }) +
      delta({ function_call: { arguments: ":1}" } }) +
      chunk({ delta: {}, finish_reason: "function_call" });
    const answer = fold(read(chatCompletions, text));
    expect(chatCompletions.surface.writeAnswer(answer as never).choices).toEqual([
      {
        index: 0,
        message: {
          role: "assistant",
          content: null,
          audio: { id: "au", data: "AABB", transcript: "hello", expires_at: 9 },
          function_call: { name: "f", arguments: '{"a":1}' },
        },
        finish_reason: "function_call",
      },
    ]);
  });
});
