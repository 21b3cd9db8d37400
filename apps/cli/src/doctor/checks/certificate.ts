/** Whether the certificate is one that clients believe. */
import { check, failed, ok, skipped, warning } from "../check.ts";
import { given } from "../found.ts";

const DAY_MS = 86_400_000;
const SOON_DAYS = 14;

export const certificate = check({
  id: "certificate",
  title: "TLS certificate is valid",
  needs: ["port"],
  exit: 3,
  faults: {
    "certificate-self-signed": {
      sees: "DEPTH_ZERO_SELF_SIGNED_CERT, SELF_SIGNED_CERT_IN_CHAIN or “self-signed certificate”.",
      remedy: "Use a certificate of a known authority, or name your own in NODE_EXTRA_CA_CERTS (curl: --cacert).",
    },
    "certificate-expired": {
      sees: "CERT_HAS_EXPIRED or “certificate has expired”.",
      remedy: "Renew the certificate and reload whatever ends TLS; look at this machine's date too.",
    },
    "certificate-name": {
      sees: "ERR_TLS_CERT_ALTNAME_INVALID: the certificate is for another name.",
      remedy: "Ask at a name that the certificate has, or have it issued for this one.",
    },
    "certificate-untrusted": {
      sees: "UNABLE_TO_VERIFY_LEAF_SIGNATURE or another word of OpenSSL's.",
      remedy: "Send the certificates in between along with it, or trust its authority by NODE_EXTRA_CA_CERTS.",
    },
    "certificate-expires-soon": {
      sees: "Nothing yet.",
      remedy: "Renew the certificate before that day.",
    },
    "tls-missing": {
      sees: "EPROTO, “wrong version number” or “packet length too long”.",
      remedy: "Write http:// in the base URL, or put TLS in front of the gateway.",
    },
  },
  async run({ network, patienceMs, clock }, found) {
    const { place } = given(found, "target");
    if (!place.secure) return skipped("the base URL is http://");
    const seen = await network.certificate(place, patienceMs);
    if (seen.kind === "none") {
      return failed("tls-missing", `The port is open, but speaks no TLS (${seen.code}).`);
    }
    const until = Number.isNaN(seen.expiresAtMs)
      ? "an unknown day"
      : new Date(seen.expiresAtMs).toISOString().slice(0, 10);
    if (seen.kind === "invalid")
      return failed(faultOf(seen.code), `The certificate of ${place.host} is refused (${seen.code}).`);
    const days = Math.floor((seen.expiresAtMs - clock()) / DAY_MS);
    if (days < SOON_DAYS)
      return warning("certificate-expires-soon", `The certificate is valid until ${until}, ${days} days from now.`);
    return ok(`until ${until}`);
  },
});

function faultOf(code: string) {
  if (code.includes("SELF_SIGNED")) return "certificate-self-signed";
  if (code === "CERT_HAS_EXPIRED") return "certificate-expired";
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") return "certificate-name";
  return "certificate-untrusted";
}
