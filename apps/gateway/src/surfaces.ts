/** The surfaces: one row for each column of the house. */
import { document as chatCompletionsDocument } from "@interchange/contract/chat-completions";
import { document as messagesDocument } from "@interchange/contract/messages";
import { chatCompletions, messages } from "@interchange/dialects";
import type { AnyResponse } from "@interchange/stubs";
import { type ChatCompletionsHandlers, chatCompletionsRoutes, type MessagesHandlers, messagesRoutes } from "@interchange/stubs";
import { listingOf } from "./catalogue.ts";
import type { Engine } from "./engine.ts";
import type { AnyRequest, CallerContext } from "./legs.ts";
import type { Surface } from "./surface.ts";

/** Runs inference on the leg at hand. */
export type Infer = (request: AnyRequest, context: CallerContext) => Promise<AnyResponse>;

export interface SurfaceRow {
  readonly surface: Surface;
  /** Satisfies the generated handlers of the surface's document. */
  handlers(infer: Infer): object;
}
