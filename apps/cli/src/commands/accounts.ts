/** Accounts: who pays. */
import { must, orNone, text } from "../option.ts";
import { row } from "../row.ts";
import { ACCOUNT, LIMITS } from "./shared.ts";

const DEFAULT_INSTRUMENT = orNone(text("--default-instrument <name>", "what is meant where a request names none"));

export const accounts = [
  row("listAccounts", {
    words: "accounts list",
    text: "list the accounts, newest first (operators)",
    columns: [
      ["ID", "id", "id"],
      ["NAME", "name", "text"],
      ["DEFAULT INSTRUMENT", "default_instrument", "text"],
      ["CREATED", "created_at", "instant"],
      ["CLOSED", "closed_at", "instant"],
    ],
    empty: "There are no accounts yet: `interchange accounts create --name Acme` opens one.",
  }),
  row("createAccount", {
    words: "accounts create",
    text: "open an account (operators)",
    body: {
      name: must(text("--name <name>", "its name")),
      id: text("--id <id>", "its id; the same again gives the same account"),
      default_instrument: DEFAULT_INSTRUMENT,
      ...LIMITS,
    },
  }),
  row("retrieveAccount", { words: "accounts show", text: "show an account", path: { account_id: ACCOUNT } }),
  row("updateAccount", {
    words: "accounts update",
    text: "change an account",
    path: { account_id: ACCOUNT },
    body: { name: text("--name <name>", "its name"), default_instrument: DEFAULT_INSTRUMENT, ...LIMITS },
  }),
  row("closeAccount", {
    words: "accounts close",
    text: "close an account for good (operators)",
    path: { account_id: { argument: "account", text: "the account's id" } },
    confirm: "Close account {account_id}? None of its keys will work any more.",
  }),
];
