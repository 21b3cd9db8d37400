/** Invoices: what an account was charged for credits. */
import { row } from "../row.ts";
import { OF_ACCOUNT } from "./shared.ts";

export const invoices = [
  row("listInvoices", {
    words: "invoices list",
    text: "list the charges of an account, newest first",
    path: { account_id: OF_ACCOUNT },
    columns: [
      ["ID", "id", "id"],
      ["AMOUNT USD", "amount_usd", "usd"],
      ["STATUS", "status", "text"],
      ["CREATED", "created_at", "instant"],
      ["PROBLEM", "problem", "text"],
    ],
    empty: "The account was never charged.",
  }),
];
