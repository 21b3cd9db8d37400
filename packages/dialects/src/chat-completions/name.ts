/** The name of the dialect, under which its bags and opaque parts are kept. https://platform.openai.com/docs/api-reference/chat */
export const NAME = "chat-completions";
