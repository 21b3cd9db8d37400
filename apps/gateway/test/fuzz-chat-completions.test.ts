/** Bodies of Chat Completions, good and spoiled. */
import { fuzz } from "./fuzz.ts";

fuzz("createChatCompletion");
