/** Bodies of Messages, good and spoiled. */
import { fuzz } from "./fuzz.ts";

fuzz("createMessage");
