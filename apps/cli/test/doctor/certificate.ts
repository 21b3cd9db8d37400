/** Certificates for tests, written in DER (ITU-T X.690) after RFC 5280, each signed by itself unless somebody else signs. */
import { createSign, generateKeyPairSync } from "node:crypto";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { onTestFinished } from "vitest";

export interface MadeCertificate {
  readonly key: string;
  readonly cert: string;
}

export interface CertificateWish {
  /** The name that it is for; an address as four bytes. */
  readonly name: string | readonly [number, number, number, number];
  readonly from?: Date;
  readonly until?: Date;
  readonly signedBy?: MadeCertificate;
}

const DAY_MS = 86_400_000;

export function makeCertificate({ name, from, until, signedBy }: CertificateWish): MadeCertificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = sequence(oid(1, 2, 840, 10045, 4, 3, 2));
  const validity = sequence(
    time(from ?? new Date(Date.now() - DAY_MS)),
    time(until ?? new Date(Date.now() + 365 * DAY_MS)),
  );
  const altNames = typeof name === "string" ? tagged(0x82, Buffer.from(name)) : tagged(0x87, Buffer.from(name));
  const extension = sequence(oid(2, 5, 29, 17), tagged(0x04, sequence(altNames)));
  const body = sequence(
    tagged(0xa0, integer(2)),
    integer(1),
    algorithm,
    called(signedBy === undefined ? "made for a test" : "made elsewhere"),
    validity,
    called("made for a test"),
    publicKey.export({ type: "spki", format: "der" }),
    tagged(0xa3, sequence(extension)),
  );
  const signature = createSign("sha256")
    .update(body)
    .sign(signedBy?.key ?? privateKey);
  const whole = sequence(body, algorithm, tagged(0x03, Buffer.concat([Buffer.of(0), signature])));
  const lines = whole.toString("base64").match(/.{1,64}/g) ?? [];
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    cert: ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n"),
  };
}

/** Believed by everybody in this process until the test ends. */
export function trust({ cert }: MadeCertificate): void {
  const before = getCACertificates("default");
  setDefaultCACertificates([...before, cert]);
  onTestFinished(() => setDefaultCACertificates(before));
}

function called(name: string): Buffer {
  return sequence(set(sequence(oid(2, 5, 4, 3), tagged(0x0c, Buffer.from(name)))));
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const head = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.of(tag, ...head), content]);
}

function sequence(...parts: Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function set(...parts: Buffer[]): Buffer {
  return tagged(0x31, Buffer.concat(parts));
}

/** Small ones only. */
function integer(value: number): Buffer {
  return tagged(0x02, Buffer.of(value));
}

function oid(first: number, second: number, ...rest: number[]): Buffer {
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(septets)]));
}

/** Seven bits each, the last without the mark that more follow. */
function septets(value: number): number[] {
  const low = value & 127;
  const high = value >> 7;
  return high === 0 ? [low] : [...septets(high).map((septet) => septet | 128), low];
}

function time(when: Date): Buffer {
  const digits = when.toISOString().replaceAll(/[-:T]/g, "").slice(2, 14);
  return tagged(0x17, Buffer.from(`${digits}Z`));
}
