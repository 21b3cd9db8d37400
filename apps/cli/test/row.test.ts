/** Goal: a row that the contract does not know does not compile. Method: each breach is one that the compiler is expected to find. */
import { expect, test } from "vitest";
import { amount, integer, must, text, words } from "../src/option.ts";
import { row } from "../src/row.ts";

const some = { words: "x", text: "" };
const path = { account_id: text("--account <id>", "") };
const list = { ...some, empty: "", columns: [] };

// Each line below is a breach of its own; were one to compile, tsc would say that nothing is wrong with it.
const breaches = [
  // @ts-expect-error no such operation
  row("listNothing", some),
  // @ts-expect-error no such column
  row("listAccounts", { ...some, empty: "", columns: [["ID", "idea", "id"]] }),
  // @ts-expect-error no such column within
  row("listUsage", { ...some, empty: "", columns: [["AT", "timing.at", "instant"]] }),
  // @ts-expect-error a part of the path that is not said
  row("retrieveAccount", some),
  // @ts-expect-error a part of the path that is none
  row("retrieveAccount", { ...some, path: { account: path.account_id } }),
  // @ts-expect-error a parameter that is none
  row("listUsage", { ...list, query: { keys: text("--k <k>", "") } }),
  // @ts-expect-error a parameter that is required and not there
  row("summarizeUsage", list),
  // @ts-expect-error a property that is none
  row("createAccount", { ...some, body: { name: must(text("--n <n>", "")), nome: text("--m <m>", "") } }),
  // @ts-expect-error a property that is required and not there
  row("createAccount", { ...some, body: { id: text("--id <id>", "") } }),
  // @ts-expect-error a required one that may be left out
  row("depositCredits", { ...some, path, body: { amount_usd: amount("--a <usd>", "") } }),
  // @ts-expect-error a number where a text is wanted
  row("createAccount", { ...some, body: { name: must(integer("--n <n>", "")) } }),
  // @ts-expect-error a word that the contract does not know
  row("createKey", { ...some, path, body: { role: words("--role <r>", "", ["king"]) } }),
  // @ts-expect-error a fixed value that the contract does not know
  row("updateOffer", { ...some, path: { offer_id: path.account_id }, fixed: { status: "gone" } }),
  // @ts-expect-error nothing is said when it is done
  row("removeOffer", { ...some, path: { offer_id: path.account_id } }),
];

test("the compiler has looked at every breach", () => expect(breaches).toHaveLength(14));
