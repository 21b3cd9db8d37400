/** Which gateway, which account and which key are used, and where they were said. */
import type { Command } from "../command.ts";
import { readIdentity } from "../identity.ts";
import { record, write } from "../layout.ts";
import { flagsOf } from "../mount.ts";
import { openSession, type Session, writeJson } from "../session.ts";

export const whoami: Command = {
  words: "whoami",
  operations: ["platform retrieveAccount", "platform retrieveKey"],
  text: "show which gateway, account and key are used",
  declare: (command, terminal) => command.action(async () => tell(openSession(terminal, flagsOf(command)))),
};

async function tell(session: Session): Promise<void> {
  const { settings, terminal, page } = session;
  const identity = await readIdentity(session);
  const told = { ...identity, gateway_from: settings.urlFrom, key_from: settings.keyFrom ?? null };
  if (session.flags.json === true) writeJson(session, told);
  else terminal.stdout.write(write([record(told)], page));
}
