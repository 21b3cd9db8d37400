/** Digests: a text that is too long to be told, told by something short that is the same every time. */
import { hash } from "node:crypto";

/** SHA-256 of the text's UTF-8, in 64 hexadecimal digits or 43 characters of base64url. */
export function digestOf(text: string, encoding: "hex" | "base64url"): string {
  return hash("sha256", text, encoding);
}

/** The text, or its digest in hexadecimal where it has more characters than are allowed, which are at least 64. */
export function shortened(text: string, charsMax: number): string {
  return text.length <= charsMax ? text : digestOf(text, "hex");
}
