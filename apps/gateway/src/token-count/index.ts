/** Token counts: what a request comes to at the model that would serve it. */
export { createTokenCounter, type Served, type TokenCounter, type TokenCounterOptions } from "./counter.ts";
export { TOKENS_PER_UNSEEN_DOCUMENT } from "./document.ts";
export { TOKENS_PER_UNSEEN_PICTURE } from "./picture.ts";
