/** Every command of the program, in the order of its help. */
import { chat } from "./chat/index.ts";
import type { Command } from "./command.ts";
import { accounts } from "./commands/accounts.ts";
import { autoBuy } from "./commands/auto-buy.ts";
import { autoReload } from "./commands/auto-reload.ts";
import { balances } from "./commands/balances.ts";
import { credits } from "./commands/credits.ts";
import { instruments } from "./commands/instruments.ts";
import { invoices } from "./commands/invoices.ts";
import { keys } from "./commands/keys.ts";
import { login } from "./commands/login.ts";
import { logout } from "./commands/logout.ts";
import { models } from "./commands/models.ts";
import { offers } from "./commands/offers.ts";
import { purchases } from "./commands/purchases.ts";
import { route } from "./commands/route.ts";
import { statement } from "./commands/statement.ts";
import { suppliers } from "./commands/suppliers.ts";
import { tokenCount } from "./commands/token-count.ts";
import { tokens } from "./commands/tokens.ts";
import { usage } from "./commands/usage.ts";
import { whoami } from "./commands/whoami.ts";
import { configCommands } from "./config/index.ts";
import { doctorCommand } from "./doctor/index.ts";
import { commandOf } from "./mount.ts";

/** Commands under the heading that the help gives them. */
export interface Group {
  readonly title: string;
  readonly commands: readonly Command[];
}

export const groups: readonly Group[] = [
  { title: "Ask:", commands: [chat, ...models, route] },
  {
    title: "Who pays:",
    commands: [
      ...[...accounts, ...keys, ...balances, ...tokens].map((each) => commandOf(each)),
      tokenCount,
      ...[...credits, ...purchases].map((each) => commandOf(each)),
    ],
  },
  {
    title: "By itself, and on paper:",
    commands: [...autoBuy, ...autoReload, ...invoices, ...statement, ...usage].map((each) => commandOf(each)),
  },
  {
    title: "The market:",
    commands: [...instruments, ...suppliers, ...offers].map((each) => commandOf(each)),
  },
  { title: "This machine:", commands: [login, logout, whoami] },
  { title: "Before and after trouble:", commands: [doctorCommand, ...configCommands] },
];

export const commands: readonly Command[] = groups.flatMap((group) => group.commands);

/** What each noun is about. */
export const NOUNS: Readonly<Record<string, string>> = {
  accounts: "who pays",
  keys: "by what callers are known",
  balances: "tokens of each instrument, and where they are",
  tokens: "the lots they came in, their movements, and counting them",
  credits: "US dollars, with which tokens are bought",
  purchases: "tokens bought with credits",
  "auto-buy": "tokens bought when few are left",
  "auto-reload": "credits charged when few are left",
  invoices: "what an account was charged",
  usage: "the receipt of every request, and sums of them",
  instruments: "what can be bought",
  suppliers: "who fills the instruments, and how well",
  offers: "what suppliers sell, and at what price",
  route: "who would be chosen, and why",
  models: "the catalogue, as each surface lists it",
  config: "a gateway's configuration",
};
