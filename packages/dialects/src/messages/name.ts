/** The name of the dialect, under which its bags and opaque parts are kept. https://docs.anthropic.com/en/api/messages */
export const NAME = "messages";
