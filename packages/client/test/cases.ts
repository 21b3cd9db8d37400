/** What a client does with a real gateway, written once: for Node, and for a page in a browser, which has only what it is given. */
import type * as Client from "../src/index.ts";
import type { Place } from "./market.ts";

type Module = typeof Client;

export interface Case {
  readonly name: string;
  /** Comes to something that JSON can say. */
  readonly run: (client: Module, place: Place) => Promise<unknown>;
  readonly want: unknown;
}

/** Directives tell the simulated supplier how to answer. */
const chatBody = (directives = "", model = "text-prime") => ({
  model,
  messages: [{ role: "user" as const, content: `Hello [[sim ${directives}]]` }],
});
const messageBody = (directives = "", model = "text-prime") => ({ ...chatBody(directives, model), max_tokens: 2_000 });

/** Without nulls: a stream leaves out what a whole answer says is not there. */
const plain = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) => (each === null ? undefined : each));

const baseUrl = ({ url }: Place, path = "") => url + path;

/** What an error tells, without what is by chance. */
async function told(promise: Promise<unknown>): Promise<unknown> {
  try {
    return { answered: (await promise) === undefined ? "nothing" : "something" };
  } catch (thrown) {
    const error = thrown as Client.StatusError;
    const isNamed = /^req_[0-9a-f]+$/.test(error.requestId ?? "");
    return {
      name: error.name,
      ...(error.status === undefined ? {} : { status: error.status, type: error.type, isNamed }),
    };
  }
}

export const cases: readonly Case[] = [
  ...["", "/inline", "/v1/"].flatMap((path): Case[] => [
    {
      name: `chat-completions streams, and folds to what the whole answer is (base path ${path || "none"})`,
      async run({ createChatCompletionsClient, unwrap }, place) {
        const client = createChatCompletionsClient({ baseUrl: baseUrl(place, path), key: place.key });
        const stream = await client.stream("/v1/chat/completions", { body: chatBody() });
        let text = "";
        for await (const { choices } of stream) text += choices[0]?.delta.content ?? "";
        const { choices, usage } = await stream.final();
        const whole = await unwrap(client.POST("/v1/chat/completions", { body: chatBody() }));
        return {
          isText: text.includes("[simulated by sim-prime]"),
          isFolded: text === choices[0]?.message.content,
          isSame: plain(choices) === plain(whole.choices),
          isCounted: plain(usage) === plain(whole.usage) && usage.total_tokens > 0,
          isNamed: stream.requestId?.startsWith("req_"),
        };
      },
      want: { isText: true, isFolded: true, isSame: true, isCounted: true, isNamed: true },
    },
    {
      name: `messages streams, and folds to what the whole answer is (base path ${path || "none"})`,
      async run({ createMessagesClient, unwrap }, place) {
        const client = createMessagesClient({ baseUrl: baseUrl(place, path), key: place.key });
        const stream = await client.stream("/v1/messages", { body: messageBody() });
        let text = "";
        for await (const event of stream)
          if (event.type === "content_block_delta" && event.delta.type === "text_delta") text += event.delta.text;
        const { content, usage } = await stream.final();
        const whole = await unwrap(client.POST("/v1/messages", { body: messageBody() }));
        return {
          isText: text.includes("[simulated by sim-prime]"),
          isFolded: JSON.stringify(content) === JSON.stringify([{ type: "text", text }]),
          isSame: plain(content) === plain(whole.content),
          isCounted: usage.output_tokens === whole.usage.output_tokens && usage.output_tokens > 0,
        };
      },
      want: { isText: true, isFolded: true, isSame: true, isCounted: true },
    },
  ]),
  {
    name: "a tool's call folds to what the whole answer is, on either surface",
    async run({ createChatCompletionsClient, createMessagesClient, unwrap }, place) {
      const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
      const chat = createChatCompletionsClient({ baseUrl: place.url, key: place.key });
      const chatTools = [{ type: "function" as const, function: { name: "get_weather", parameters } }];
      const asked = { ...chatBody("tool=get_weather"), tools: chatTools };
      const call = await (await chat.stream("/v1/chat/completions", { body: asked })).final();
      const wholeCall = await unwrap(chat.POST("/v1/chat/completions", { body: asked }));
      const messages = createMessagesClient({ baseUrl: place.url, key: place.key });
      const tools = [{ name: "get_weather", input_schema: { ...parameters, type: "object" as const } }];
      const use = await (
        await messages.stream("/v1/messages", { body: { ...messageBody("tool=get_weather"), tools } })
      ).final();
      return {
        call: call.choices[0]?.message.tool_calls?.map((each) => each.type === "function" && each.function.name),
        isSame:
          JSON.stringify(call.choices[0]?.message.tool_calls?.map(({ type }) => type)) ===
          JSON.stringify(wholeCall.choices[0]?.message.tool_calls?.map(({ type }) => type)),
        use: use.content.map((block) => (block.type === "tool_use" ? [block.name, typeof block.input] : block.type)),
      };
    },
    want: { call: ["get_weather"], isSame: true, use: [["get_weather", "object"]] },
  },
  {
    name: "tokens are counted",
    async run({ createMessagesClient, unwrap }, place) {
      const client = createMessagesClient({ baseUrl: place.url, key: place.key });
      const { input_tokens } = await unwrap(client.POST("/v1/messages/count_tokens", { body: chatBody() }));
      return input_tokens > 0;
    },
    want: true,
  },
  {
    name: "an instrument that there is not is refused by its class, whole and streamed",
    async run({ createChatCompletionsClient, createMessagesClient, unwrap }, place) {
      const chat = createChatCompletionsClient({ baseUrl: place.url, key: place.key });
      const messages = createMessagesClient({ baseUrl: place.url, key: place.key });
      return [
        await told(unwrap(chat.POST("/v1/chat/completions", { body: chatBody("", "text-none") }))),
        await told(chat.stream("/v1/chat/completions", { body: chatBody("", "text-none") })),
        await told(messages.stream("/v1/messages", { body: messageBody("", "text-none") })),
      ];
    },
    want: [0, 1, 2].map(() => ({ name: "NotFoundError", status: 404, type: "not_found_error", isNamed: true })),
  },
  {
    name: "a key that is unknown, or of the wrong kind, is refused by its class",
    async run({ createChatCompletionsClient, createPlatformClient, unwrap }, place) {
      const stranger = createChatCompletionsClient({ baseUrl: place.url, key: "ik_unknown" });
      const consumer = createPlatformClient({ baseUrl: place.url, key: place.key });
      return [
        await told(stranger.stream("/v1/chat/completions", { body: chatBody() })),
        await told(unwrap(consumer.POST("/v1/accounts", { body: { id: "acc_x", name: "x" } }))),
        await told(unwrap(createPlatformClient({ baseUrl: place.url }).GET("/v1/suppliers"))),
      ];
    },
    want: [
      { name: "UnauthorizedError", status: 401, type: "authentication_error", isNamed: true },
      { name: "ForbiddenError", status: 403, type: "permission_error", isNamed: true },
      { name: "UnauthorizedError", status: 401, type: "authentication_error", isNamed: true },
    ],
  },
  {
    name: "a stream that its reader aborts ends with the reason, and so does one that is left by its signal",
    async run({ createChatCompletionsClient }, place) {
      const client = createChatCompletionsClient({ baseUrl: place.url, key: place.key });
      const body = chatBody("tokens=200 delayBetweenMs=20");
      const reasons: unknown[] = [];
      const aborted = await client.stream("/v1/chat/completions", { body });
      try {
        for await (const _ of aborted) aborted.abort("enough");
      } catch (reason) {
        reasons.push(reason);
      }
      const controller = new AbortController();
      const left = await client.stream("/v1/chat/completions", { body, signal: controller.signal });
      try {
        for await (const _ of left) controller.abort();
      } catch (reason) {
        reasons.push((reason as Error).name);
      }
      return reasons;
    },
    want: ["enough", "AbortError"],
  },
  {
    name: "a stream that breaks on its way throws a StreamError after what came",
    async run({ createChatCompletionsClient, createMessagesClient, StreamError }, place) {
      const options = { baseUrl: place.url, key: place.key };
      const chat = await createChatCompletionsClient(options).stream("/v1/chat/completions", {
        body: chatBody("chunks=20 fault=reset-mid-stream after=12"),
      });
      const messages = await createMessagesClient(options).stream("/v1/messages", {
        body: messageBody("chunks=20 fault=error-mid-stream after=12"),
      });
      const ends: unknown[] = [];
      for (const stream of [chat, messages]) {
        let count = 0;
        try {
          for await (const _ of stream) count += 1;
        } catch (thrown) {
          ends.push([count > 0, thrown instanceof StreamError]);
        }
      }
      return ends;
    },
    want: [
      [true, true],
      [true, true],
    ],
  },
  {
    name: "a list is read to its end, page by page",
    async run({ createPlatformClient, unwrap }, place) {
      const client = createPlatformClient({ baseUrl: place.url, key: place.operatorKey });
      const path = { account_id: "me" };
      for (let index = 0; index < 5; index += 1)
        await unwrap(
          client.POST("/v1/accounts/{account_id}/keys", {
            params: { path },
            body: { role: "consumption", name: "paged" },
          }),
        );
      const sizes: number[] = [];
      const init = { params: { path, query: { limit: 2 } } };
      for await (const { data } of client.pages("/v1/accounts/{account_id}/keys", init)) sizes.push(data.length);
      const ids: string[] = [];
      for await (const { id } of client.items("/v1/accounts/{account_id}/keys", init)) ids.push(id);
      return {
        isPaged: sizes.length > 2 && sizes.slice(0, -1).every((size) => size === 2),
        isWhole: ids.length === sizes.reduce((sum, size) => sum + size, 0) && ids.length >= 7,
        isOnce: new Set(ids).size === ids.length,
      };
    },
    want: { isPaged: true, isWhole: true, isOnce: true },
  },
  {
    name: "the receipt of a stream is there by its id",
    async run({ createMessagesClient, createPlatformClient, unwrap }, place) {
      const options = { baseUrl: place.url, key: place.key };
      const stream = await createMessagesClient(options).stream("/v1/messages", { body: messageBody() });
      await stream.final();
      const platform = createPlatformClient(options);
      const request_id = stream.requestId ?? "";
      for (let tries = 0; ; tries += 1) {
        const { status } = await unwrap(platform.GET("/v1/usage/{request_id}", { params: { path: { request_id } } }));
        if (status === "reconciled" || tries > 50) return status;
        await new Promise((done) => setTimeout(done, 50));
      }
    },
    want: "reconciled",
  },
  {
    name: "each surface's catalogue comes in its own shape, though both have one address",
    async run({ createChatCompletionsClient, createMessagesClient, unwrap }, place) {
      const options = { baseUrl: baseUrl(place), key: place.key };
      const chat = await unwrap(createChatCompletionsClient(options).GET("/v1/models"));
      const messages = await unwrap(createMessagesClient(options).GET("/v1/models"));
      return [chat.object, messages.has_more, messages.data[0]?.type];
    },
    want: ["list", false, "model"],
  },
];
