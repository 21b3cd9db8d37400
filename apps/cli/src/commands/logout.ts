/** Forgets what `login` remembered. */
import type { Command } from "../command.ts";
import { profileFile, removeProfile } from "../profile.ts";
import { say } from "../terminal.ts";

export const logout: Command = {
  words: "logout",
  operations: [],
  text: "forget the gateway and the key that login wrote",
  declare: (command, terminal) =>
    command.action(() => {
      removeProfile(terminal.env);
      say(
        terminal,
        `${profileFile(terminal.env)} is gone. The key itself still works: \`interchange keys revoke\` ends it.`,
      );
    }),
};
