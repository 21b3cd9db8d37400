/** Bodies to be counted, good and spoiled. */
import { fuzz } from "./fuzz.ts";

fuzz("countMessageTokens");
