/** What the books find wrong with what was asked, as a refusal. */
import type { Refusal } from "@interchange/inference";
import type { LedgerError } from "@interchange/ledger";

export function readMistake({ code, message }: LedgerError): Refusal {
  switch (code) {
    case "conflict":
      return { kind: "conflict", ...collision(message) };
    case "unknown-account":
      return { kind: "not-found", thing: "account", id: lastWord(message), param: "account_id" };
    case "bad-input":
      return { kind: "request-invalid", fault: "value", ...fault(message) };
  }
}

/** The books say `name must be …`, and spell names otherwise than the contract does. */
function fault(message: string): { param: string; problem: string } {
  const [, name, problem] = /^([\w.[\]]+) (must .+)$/s.exec(message) ?? [];
  if (name === undefined || problem === undefined) return { param: "", problem: `cannot be carried out: ${message}` };
  return { param: name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), problem };
}

/** A reference that was used before is by far the most likely of them, so the caller is told what to do. */
function collision(message: string): { param?: string; problem: string } {
  const [, reference, other] = /^reference (.+) was used for (another \w+)$/s.exec(message) ?? [];
  if (reference === undefined) return { problem: sentence(message) };
  const problem = `The reference ${JSON.stringify(reference)} was used for ${other}; use a new one.`;
  return { param: "reference", problem };
}

function sentence(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
}

function lastWord(message: string): string {
  return message.slice(message.lastIndexOf(" ") + 1);
}
