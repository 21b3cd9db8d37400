/** Goal: the unit is one that systemd takes, shut in as far as a gateway can be. Method: systemd's own check where it is, and a list of directives. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_LIMITS } from "@interchange/config";
import { expect, test } from "vitest";
import { readText } from "../workspace.ts";

const UNIT = readText("deploy/systemd/interchange.service");
const HAS_SYSTEMD = spawnSync("systemd-analyze", ["--version"]).status === 0;

/** Every value of a directive, in order, by `Section.Name`. */
function directivesOf(unit: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  let section = "";
  for (const line of unit.split("\n").filter((each) => each !== "" && !each.startsWith("#"))) {
    const header = /^\[(\w+)\]$/.exec(line)?.[1];
    if (header !== undefined) section = header;
    const [, name, value = ""] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (header === undefined && name === undefined) throw new Error(`${line} is no directive`);
    if (name !== undefined) found.set(`${section}.${name}`, [...(found.get(`${section}.${name}`) ?? []), value]);
  }
  return found;
}

const DIRECTIVES = directivesOf(UNIT);
const one = (name: string): string | undefined => DIRECTIVES.get(name)?.at(-1);

const SHUT_IN = {
  DynamicUser: "yes",
  NoNewPrivileges: "yes",
  ProtectSystem: "strict",
  ProtectHome: "yes",
  PrivateTmp: "yes",
  PrivateDevices: "yes",
  PrivateUsers: "yes",
  CapabilityBoundingSet: "",
  ProtectKernelTunables: "yes",
  ProtectKernelModules: "yes",
  ProtectKernelLogs: "yes",
  ProtectControlGroups: "yes",
  RestrictNamespaces: "yes",
  RestrictSUIDSGID: "yes",
  LockPersonality: "yes",
  StateDirectory: "interchange",
  StateDirectoryMode: "0700",
  UMask: "0077",
};

test.each(Object.entries(SHUT_IN))("%s is %j", (name, value) => expect(one(`Service.${name}`)).toBe(value));

test("the one folder that it may write is its data directory", () => {
  const environment = DIRECTIVES.get("Service.Environment") ?? [];
  expect(environment).toContain(`INTERCHANGE_DATA_DIR=/var/lib/${one("Service.StateDirectory")}`);
  expect(one("Service.WorkingDirectory")).toBe(`/var/lib/${one("Service.StateDirectory")}`);
});

test("nothing keeps the runtime from compiling", () => expect(one("Service.MemoryDenyWriteExecute")).toBeUndefined());

test("it is stopped gently, and given the time for it", () => {
  expect([one("Service.KillSignal"), one("Service.KillMode")]).toEqual(["SIGTERM", "mixed"]);
  const seconds = Number(/^(\d+)s$/.exec(one("Service.TimeoutStopSec") ?? "")?.[1]);
  expect(seconds).toBeGreaterThanOrEqual((3 * DEFAULT_LIMITS.drainMs) / 1_000);
});

test("systemd takes it, and finds it well shut in", ({ skip }) => {
  if (!HAS_SYSTEMD)
    skip("there is no systemd-analyze on this machine, so the unit was checked by its directives alone");
  const folder = mkdtempSync(join(tmpdir(), "interchange-unit-"));
  const file = join(folder, "interchange.service");
  const verify = (unit: string) => {
    writeFileSync(file, unit);
    return spawnSync("systemd-analyze", ["verify", file], { encoding: "utf8" }).stderr.trim();
  };
  try {
    // Its program is on the machine that runs it.
    const here = UNIT.replace("/opt/interchange/bin/node", "/bin/true");
    expect(verify(here)).toBe("");
    expect(verify(here.replace("ProtectHome=yes", "ProtectHome=maybe"))).toContain(
      "Failed to parse protect home value",
    );
    writeFileSync(file, here);
    const told = execFileSync("systemd-analyze", ["security", "--offline=true", file], { encoding: "utf8" });
    // From 0 for shut in to 10 for open.
    expect(Number(/exposure level for \S+: ([\d.]+)/.exec(told)?.[1])).toBeLessThan(2);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
