/** Goal: what login remembers is used, by nobody else, and forgotten by logout. Method: a real gateway, and a folder for each test. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type Desk, openDesk, runWith } from "./desk.ts";

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

function home(): { readonly env: Record<string, string>; readonly file: string } {
  const folder = mkdtempSync(join(tmpdir(), "interchange-home-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return { env: { XDG_CONFIG_HOME: folder }, file: join(folder, "interchange", "profile.json") };
}

describe("login", () => {
  test("takes the key from stdin, tries it, and writes a file for its owner alone", async () => {
    const { env, file } = home();
    const { code, stdout, stderr } = await runWith(["login", "--url", desk.url], { env, stdin: `${desk.key}\n` });
    expect([code, stdout]).toEqual([0, ""]);
    expect(stderr).toBe(
      `Logged in to ${desk.url} as acme, with the consumption key ${desk.key.split("_")[1]}.\n` +
        `${file} remembers it, and only you can read it.\n`,
    );
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ url: desk.url, key: desk.key });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const who = await runWith(["whoami"], { env });
    expect(who.stdout).toContain("gateway from  profile\nkey from      profile\n");
  });

  test("narrows a file that was open to others", async () => {
    const { env, file } = home();
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, "{}", { mode: 0o644 });
    await runWith(["login", "--url", desk.url, "--key", desk.key], { env });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("remembers nothing that the gateway refuses", async () => {
    const { env, file } = home();
    const { code } = await runWith(["login", "--url", desk.url], { env, stdin: "ick_wrong_key" });
    expect(code).toBe(4);
    expect(existsSync(file)).toBe(false);
  });

  test("wants a key", async () => {
    const { env } = home();
    const { code, stderr } = await runWith(["login", "--url", desk.url], { env });
    expect([code, stderr]).toEqual([
      2,
      "error: There is no key: pipe it in, as in `interchange login < key.txt`, or give it with --key.\n",
    ]);
  });

  test("asks where somebody is there, and does not show the key", async () => {
    const { env, file } = home();
    const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
    onTestFinished(() => void stdin.destroy());
    let told = "";
    const { code } = await runWith(["login"], {
      env: { ...env, INTERCHANGE_URL: desk.url },
      stdin,
      columns: 80,
      onWrite: (text) => {
        const before = told;
        told += text;
        if (!before.includes("Gateway") && told.includes("Gateway")) setTimeout(() => stdin.write("\r"), 50);
        if (!before.includes("Key") && told.includes("Key")) setTimeout(() => stdin.write(`${desk.key}\r`), 50);
      },
    });
    expect(code).toBe(0);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ url: desk.url, key: desk.key });
    expect(told).not.toContain(desk.key);
    expect(told).toContain("INTERCHANGE_URL is set, and goes before what was remembered.");
  });
});

test("flags go before the environment, and that before the profile", async () => {
  const { env } = home();
  await runWith(["login", "--url", desk.url, "--key", desk.operatorKey], { env });
  const role = async (argv: string[], more = {}) =>
    JSON.parse((await runWith(["whoami", "--json", ...argv], { env: { ...env, ...more } })).stdout);
  expect(await role([])).toMatchObject({ role: "operator", key_from: "profile" });
  expect(await role([], { INTERCHANGE_KEY: desk.key })).toMatchObject({ role: "consumption", key_from: "environment" });
  expect(await role(["--key", desk.key])).toMatchObject({ role: "consumption", key_from: "flag" });
});

test("logout forgets, twice too", async () => {
  const { env, file } = home();
  await runWith(["login", "--url", desk.url, "--key", desk.key], { env });
  for (const _ of [1, 2]) expect((await runWith(["logout"], { env })).code).toBe(0);
  expect(existsSync(file)).toBe(false);
});

test("a profile that is none is misuse, and login writes it anew", async () => {
  const { env, file } = home();
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, "not JSON");
  expect(await runWith(["whoami"], { env })).toEqual({
    code: 2,
    stdout: "",
    stderr: `error: ${file} is not a profile. Run \`interchange login\` to write it anew, or remove it.\n`,
  });
  expect((await runWith(["login", "--url", desk.url], { env, stdin: desk.key })).code).toBe(0);
});

describe("before something that cannot be undone", () => {
  const answer = (said: string) => {
    const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
    onTestFinished(() => void stdin.destroy());
    let isAsked = false;
    return {
      stdin,
      columns: 80,
      onWrite: (text: string) => {
        if (!isAsked && text.includes("Revoke key")) {
          isAsked = true;
          setTimeout(() => stdin.write(said), 50);
        }
      },
    };
  };
  const freshKey = async () => (await desk.json(["keys", "create", "--account", "acme"])).id as string;
  const statusOf = async (id: string) => (await desk.json(["keys", "show", id])).status;

  test.each([
    ["yes", "y", 0, "revoked", ""],
    ["no", "n", 1, "active", "Nothing was done.\n"],
    ["nothing", "\r", 1, "active", "Nothing was done.\n"],
    ["Ctrl-C", "\u0003", 130, "active", ""],
  ])("%s is asked and heard", async (_, said, code, status, end) => {
    const id = await freshKey();
    const ran = await desk.run(["keys", "revoke", id], answer(said));
    expect([ran.code, await statusOf(id)]).toEqual([code, status]);
    expect(ran.stderr.endsWith(end)).toBe(true);
  });
});

test("nobody is anybody without a key", async () => {
  const env = { INTERCHANGE_URL: desk.url, XDG_CONFIG_HOME: "/nonexistent" };
  expect((await runWith(["whoami"], { env })).code).toBe(4);
});
