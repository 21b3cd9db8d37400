/** Wire formats of inference. */
import { chatCompletions } from "./chat-completions/index.ts";
import { messages } from "./messages/index.ts";

export type * from "./dialect.ts";
export { NO_QUIRKS, type Quirks, type ToolIdRule } from "./quirks.ts";
export { chatCompletions, messages };

/** Every dialect by its name. */
export const dialects = { "chat-completions": chatCompletions, messages } as const;
