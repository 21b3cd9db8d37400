/** What an operator asks of a configuration before a gateway is started with it. */
import { configCheck } from "./check.ts";

export const configCommands = [configCheck];
