/** The platform: accounts, keys, money and the market, managed over HTTP. */
export { isPlatformPath, PATHS_HINT, PLATFORM } from "./api.ts";
export { enterPlatform } from "./entry.ts";
export { handlersOf } from "./handlers.ts";
export { readMistake } from "./mistake.ts";
export { isOperator } from "./role.ts";
