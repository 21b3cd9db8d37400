/** Who is calling: the key in a request, judged. */
import type { Refusal } from "@interchange/inference";
import type { Bearer, KeyRefusal, Ledger } from "@interchange/ledger";
import type { Request } from "express";
import type { Api } from "./surface.ts";

export type Caller = Bearer | { readonly kind: "refused"; readonly refusal: Refusal };

/** Whoever may run inference. */
export async function authenticate(
  ledger: Ledger,
  surface: Api,
  strictHeaders: boolean,
  req: Request,
): Promise<Caller> {
  const key = await identify(ledger, surface, strictHeaders, req, "a Consumption key (ick_…)");
  if (key.kind !== "key" || key.role === "consumption") return key;
  return refused({ kind: "key-forbidden", problem: "This is an operator key; inference needs a Consumption key." });
}

/**
 * Whoever has a key in force. Both vendors' headers are read on both surfaces, since their SDKs do not keep to the
 * documented one. Where both are sent the surface's own counts. With `strictHeaders` nothing else does.
 */
export async function identify(
  ledger: Ledger,
  surface: Api,
  strictHeaders: boolean,
  req: Request,
  form = "a key (ick_…)",
): Promise<Caller> {
  const presented = presentedKey(surface, strictHeaders, req);
  if (presented.kind === "missing") return refused({ kind: "key-missing", problem: presented.problem });
  const key = await ledger.authenticate(presented.key);
  return key.kind === "key" ? key : refused({ kind: "key-refused", problem: PROBLEMS[key.kind](form) });
}

/** `form` is what a key looks like to whoever asks. */
const PROBLEMS: Readonly<Record<KeyRefusal["kind"], (form: string) => string>> = {
  "key-malformed": (form) => `The key does not have the form of ${form}.`,
  "key-unknown": () => "The key is not known.",
  "key-revoked": () => "The key has been revoked.",
  "key-expired": () => "The key has expired.",
  "account-closed": () => "The account of this key is closed.",
};

function refused(refusal: Refusal): Caller {
  return { kind: "refused", refusal };
}

type Presented =
  | { readonly kind: "presented"; readonly key: string }
  | { readonly kind: "missing"; readonly problem: string };

function presentedKey(surface: Api, strictHeaders: boolean, req: Request): Presented {
  const found = { authorization: bearerOf(req), "x-api-key": apiKeyOf(req) };
  const other = surface.keyHeader === "authorization" ? "x-api-key" : "authorization";
  const key = found[surface.keyHeader] ?? (strictHeaders ? undefined : found[other]);
  if (key !== undefined) return { kind: "presented", key };
  return { kind: "missing", problem: missing(surface, strictHeaders && found[other] !== undefined) };
}

function missing(surface: Api, elsewhere: boolean): string {
  const wanted = surface.keyHeader === "authorization" ? "Authorization: Bearer <key>" : "x-api-key: <key>";
  return elsewhere
    ? `The key is in the wrong header; send it as ${wanted}.`
    : `No key was given; send it as ${wanted}.`;
}

/** The scheme's name has no case (RFC 9110 §11.1). */
function bearerOf(req: Request): string | undefined {
  return /^bearer +(\S+)\s*$/i.exec(req.headers.authorization ?? "")?.[1];
}

function apiKeyOf(req: Request): string | undefined {
  const value = req.headers["x-api-key"];
  const text = (Array.isArray(value) ? value[0] : value)?.trim();
  return text === "" ? undefined : text;
}
