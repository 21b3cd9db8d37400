/** Credentials: suppliers' secrets, which are in the environment of this gateway and in no document. */
import type { Config } from "@interchange/config";
import type { SupplierDocument } from "./document.ts";

export type Credential =
  | { readonly kind: "none" }
  | { readonly kind: "secret"; readonly secret: string }
  /** It asks for one that this gateway does not have, or that no header can carry. */
  | { readonly kind: "missing"; readonly variable: string };

export type Credentials = (supplier: SupplierDocument) => Credential;

export function createCredentials(
  { suppliers }: Pick<Config, "suppliers">,
  env: Readonly<Record<string, string | undefined>>,
): Credentials {
  const rows = new Map(suppliers.map((row) => [row.name, row]));
  return ({ name, credentialEnv, origin }) => {
    const row = rows.get(name);
    // Whoever starts a gateway from a program may hand it the secret itself.
    const given = row?.credentialEnv === credentialEnv && origin === "config" ? row?.credential : undefined;
    if (credentialEnv === undefined) return given === undefined ? { kind: "none" } : { kind: "secret", secret: given };
    const secret = env[credentialEnv]?.trim() || given;
    if (secret === undefined || !isHeaderSafe(secret)) return { kind: "missing", variable: credentialEnv };
    return { kind: "secret", secret };
  };
}

function isHeaderSafe(secret: string): boolean {
  return /^[\x21-\x7e]+$/.test(secret);
}
