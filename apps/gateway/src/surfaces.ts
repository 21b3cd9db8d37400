/** The surfaces: one row for each column of the house. */
import { document as chatCompletionsDocument } from "@interchange/contract/chat-completions";
import { document as messagesDocument } from "@interchange/contract/messages";
import { chatCompletions, type Dialect, messages } from "@interchange/dialects";
import {
  type AnyResponse,
  type ChatCompletionsHandlers,
  chatCompletionsRoutes,
  type MessagesHandlers,
  messagesRoutes,
} from "@interchange/stubs";
import { findListing, listings, unknownInstrument } from "./catalogue.ts";
import type { Engine } from "./engine.ts";
import { estimateInputTokens } from "./estimate.ts";
import type { AnyRequest, CallerContext } from "./legs.ts";
import { refuse, type Surface } from "./surface.ts";

/** Runs inference on the leg at hand. */
export type Infer = (request: AnyRequest, context: CallerContext) => Promise<AnyResponse>;

export interface SurfaceRow {
  readonly surface: Surface;
  /** Satisfies the generated handlers of the surface's document. */
  handlers(engine: Engine, infer: Infer): object;
}

const chatCompletionsSurface: Surface = {
  name: "chat-completions",
  document: chatCompletionsDocument,
  routes: chatCompletionsRoutes,
  operationId: "createChatCompletion",
  dialect: chatCompletions as Dialect,
  keyHeader: "authorization",
  marks: ["openai-organization", "openai-project"],
};

const messagesSurface: Surface = {
  name: "messages",
  document: messagesDocument,
  routes: messagesRoutes,
  operationId: "createMessage",
  dialect: messages as Dialect,
  keyHeader: "x-api-key",
  marks: ["anthropic-version", "anthropic-beta"],
};

/** What a leg returns is written by the surface's own dialect, in the contract's types; the legs see none of them. */
type ChatCompletions = ChatCompletionsHandlers<CallerContext>;
type Messages = MessagesHandlers<CallerContext>;

export const SURFACES: readonly SurfaceRow[] = [
  {
    surface: chatCompletionsSurface,
    handlers: (engine, infer) =>
      ({
        createChatCompletion: infer as ChatCompletions["createChatCompletion"],
        listModels: list(engine, chatCompletionsSurface) as ChatCompletions["listModels"],
        retrieveModel: retrieve(engine, chatCompletionsSurface) as ChatCompletions["retrieveModel"],
      }) satisfies ChatCompletions,
  },
  {
    surface: messagesSurface,
    handlers: (engine, infer) =>
      ({
        createMessage: infer as Messages["createMessage"],
        countMessageTokens: (request, context) => {
          if (engine.market.instrument(request.body.model) === undefined) {
            const refusal = unknownInstrument(engine, request.body.model);
            return refuse(messagesSurface, refusal, context.requestId) as Awaited<
              ReturnType<Messages["countMessageTokens"]>
            >;
          }
          const asked = messages.surface.readRequest({ ...request.body, max_tokens: 1 });
          return { status: 200, body: { input_tokens: estimateInputTokens(request.raw.length, asked) } };
        },
        listModels: list(engine, messagesSurface) as Messages["listModels"],
        retrieveModel: retrieve(engine, messagesSurface) as Messages["retrieveModel"],
      }) satisfies Messages,
  },
];

function list(engine: Engine, surface: Surface): Infer {
  return async (request, { key }) => ({
    status: 200,
    body: surface.dialect.surface.writeListings(await listings(engine, key), request.query),
  });
}

function retrieve(engine: Engine, surface: Surface): Infer {
  return async (request, { key, requestId }) => {
    const name = request.path["id"] ?? "";
    const listing = await findListing(engine, key, name);
    if (listing === undefined) return refuse(surface, unknownInstrument(engine, name), requestId);
    return { status: 200, body: surface.dialect.surface.writeListing(listing) };
  };
}
