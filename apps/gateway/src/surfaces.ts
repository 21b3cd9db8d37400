/** The surfaces: one row for each column of the house. */
import { document as chatCompletionsDocument } from "@interchange/contract/chat-completions";
import { document as messagesDocument } from "@interchange/contract/messages";
import { chatCompletions, type Dialect, messages } from "@interchange/dialects";
import {
  type AnyRequest,
  type AnyResponse,
  type ChatCompletionsHandlers,
  chatCompletionsRoutes,
  type MessagesHandlers,
  messagesRoutes,
} from "@interchange/stubs";
import { findListing, listings, unknownInstrument } from "./catalogue.ts";
import type { Engine } from "./engine.ts";
import type { CallerContext } from "./legs/index.ts";
import { countPrompt } from "./prompt-count.ts";
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

export const SURFACES: readonly SurfaceRow[] = [
  {
    surface: chatCompletionsSurface,
    handlers: (engine, infer) =>
      ({
        createChatCompletion: blind(infer),
        listModels: blind(list(engine, chatCompletionsSurface)),
        retrieveModel: blind(retrieve(engine, chatCompletionsSurface)),
      }) satisfies ChatCompletionsHandlers<CallerContext>,
  },
  {
    surface: messagesSurface,
    handlers: (engine, infer) =>
      ({
        createMessage: blind(infer),
        countMessageTokens: blind(count(engine, messagesSurface)),
        listModels: blind(list(engine, messagesSurface)),
        retrieveModel: blind(retrieve(engine, messagesSurface)),
      }) satisfies MessagesHandlers<CallerContext>,
  },
];

/**
 * A handler that serves every surface alike cannot know the contract's types. What it returns was written in them by the
 * surface's dialect, and tests hold it against the document.
 */
function blind<Handler>(infer: Infer): Handler {
  return infer as unknown as Handler;
}

function count(engine: Engine, surface: Surface): Infer {
  return async (request, { requestId }) => {
    const { model } = request.body as { model: string };
    const instrument = engine.market.instrument(model);
    if (instrument === undefined) return refuse(surface, unknownInstrument(engine, model), requestId);
    const asked = surface.dialect.surface.readRequest(request.body as never, request.headers);
    const prompt = { surface: surface.name, instrument, request: asked, bytes: request.raw.length };
    return { status: 200, body: { input_tokens: await countPrompt(engine, prompt) } };
  };
}

function list(engine: Engine, surface: Surface): Infer {
  return async ({ query }, { key, requestId }) => {
    const page = surface.dialect.surface.writeListings(await listings(engine, key), query);
    if (page !== undefined) return { status: 200, body: page };
    const cursor = String(query["after_id"] ?? query["before_id"]);
    return refuse(surface, unknownInstrument(engine, cursor), requestId);
  };
}

function retrieve(engine: Engine, surface: Surface): Infer {
  return async (request, { key, requestId }) => {
    const name = request.path["id"] ?? "";
    const listing = await findListing(engine, key, name);
    if (listing === undefined) return refuse(surface, unknownInstrument(engine, name), requestId);
    return { status: 200, body: surface.dialect.surface.writeListing(listing) };
  };
}
