/** Goal: one charge at a time, never more than the month's limit, none after a decline; what was paid becomes credits once. */

import type { AutoReloadSetting, Ledger, Reload } from "@interchange/ledger";
import { describe, expect, test } from "vitest";
import { monthBeginMs } from "../src/reload.ts";
import { ENGINES } from "./engines.ts";
import { type Sample, START_MS } from "./sample.ts";

const MOST = Number.MAX_SAFE_INTEGER;
const SETTING = { accountId: "ada", enabled: true, amountMicros: 50, belowMicros: 20, monthlyLimitMicros: 120 };
const WISH = { accountId: "ada", neededMicros: 0, leaseUntilMs: START_MS + 50 };

test.each<[string, string]>([
  ["2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.000Z"],
  ["2026-01-31T23:59:59.999Z", "2026-01-01T00:00:00.000Z"],
  ["2028-02-29T12:00:00.000Z", "2028-02-01T00:00:00.000Z"],
  ["2026-12-31T23:59:59.999Z", "2026-12-01T00:00:00.000Z"],
])("the month of %s begins at %s", (now, want) => {
  expect(new Date(monthBeginMs(Date.parse(now))).toISOString()).toBe(want);
});

describe.each(ENGINES)("on $name", ({ openSample, openThreaded }) => {
  async function open(setting?: Partial<AutoReloadSetting>, opening = openSample): Promise<Sample> {
    const sample = await opening();
    await sample.ledger.openAccount({ id: "ada", name: "Ada" });
    if (setting) await sample.ledger.putAutoReload({ ...SETTING, ...setting });
    return sample;
  }

  async function begin(ledger: Ledger, neededMicros = 0): Promise<Reload> {
    const outcome = await ledger.beginReload({ ...WISH, neededMicros });
    if (outcome.kind !== "begun") throw new Error(outcome.kind);
    return outcome.reload;
  }

  const pay = (ledger: Ledger, { id }: Reload): Promise<Reload | undefined> =>
    ledger.resolveReload({ reloadId: id, kind: "paid", payment: `payment of ${id}` });

  test("auto-reload is put, read and deleted", async () => {
    const { ledger, clock } = await open();
    expect(await ledger.autoReload("ada")).toBeUndefined();
    const { accountId: _, ...said } = SETTING;
    const read = { ...said, reloadedThisMonthMicros: 0, updatedAtMs: START_MS };
    expect(await ledger.putAutoReload(SETTING)).toEqual(read);
    expect(await ledger.autoReload("ada")).toEqual(read);
    clock.nowMs++;
    const off = { ...read, enabled: false, amountMicros: 1, updatedAtMs: START_MS + 1 };
    expect(await ledger.putAutoReload({ ...SETTING, enabled: false, amountMicros: 1 })).toEqual(off);
    expect(await ledger.deleteAutoReload("ada")).toBe(true);
    expect(await ledger.deleteAutoReload("ada")).toBe(false);
    expect(await ledger.autoReload("ada")).toBeUndefined();
    for (const act of [ledger.autoReload, ledger.deleteAutoReload]) {
      await expect(act("nobody")).rejects.toMatchObject({ code: "unknown-account" });
    }
  });

  test.each<[string, object, string]>([
    ["nothing", { amountMicros: 0 }, "bad-input"],
    ["less than nothing", { amountMicros: -1 }, "bad-input"],
    ["half a micro-dollar", { amountMicros: 0.5 }, "bad-input"],
    ["2^53", { amountMicros: MOST + 1 }, "bad-input"],
    ["no amount", { amountMicros: undefined }, "bad-input"],
    ["a negative threshold", { belowMicros: -1 }, "bad-input"],
    ["a limit of nothing", { monthlyLimitMicros: 0 }, "bad-input"],
    ["no limit", { monthlyLimitMicros: undefined }, "bad-input"],
    ["neither on nor off", { enabled: "yes" }, "bad-input"],
    ["an account that is not there", { accountId: "nobody" }, "unknown-account"],
  ])("not put: %s", async (_, change, code) => {
    const { ledger } = await open();
    await expect(ledger.putAutoReload({ ...SETTING, ...change } as never)).rejects.toMatchObject({ code });
    expect(await ledger.autoReload("ada")).toBeUndefined();
  });

  test("an account puts by itself what was granted, and no more, whatever it deletes", async () => {
    const { ledger } = await open();
    const lower = { ...SETTING, amountMicros: SETTING.amountMicros - 1 };
    const grant = { amountMicros: SETTING.amountMicros, monthlyLimitMicros: SETTING.monthlyLimitMicros };
    expect(await ledger.putGrantedAutoReload(lower)).toEqual({ kind: "beyond-grant" });
    expect(await ledger.autoReload("ada")).toBeUndefined();
    expect(await ledger.grantAutoReload(SETTING)).toMatchObject(grant);
    expect(await ledger.putGrantedAutoReload(lower)).toMatchObject({
      kind: "put",
      autoReload: { amountMicros: lower.amountMicros },
    });
    await ledger.deleteAutoReload("ada");
    expect(await ledger.putGrantedAutoReload(SETTING)).toMatchObject({ kind: "put", autoReload: grant });
    for (const name of ["amountMicros", "monthlyLimitMicros"] as const) {
      const higher = { ...SETTING, [name]: SETTING[name] + 1 };
      expect(await ledger.putGrantedAutoReload(higher)).toEqual({ kind: "beyond-grant", grant });
    }
    expect(await ledger.autoReload("ada")).toMatchObject(grant);
    expect(await ledger.grantAutoReload(lower)).toMatchObject({ amountMicros: lower.amountMicros });
    expect(await ledger.putGrantedAutoReload(SETTING)).toMatchObject({ kind: "beyond-grant" });
    expect([await ledger.withdrawAutoReload("ada"), await ledger.withdrawAutoReload("ada")]).toEqual([true, false]);
    expect(await ledger.putGrantedAutoReload(lower)).toEqual({ kind: "beyond-grant" });
  });

  test.each<[string, Partial<AutoReloadSetting> | undefined, number, object]>([
    ["without a setting", undefined, 100, { kind: "off" }],
    ["switched off", { enabled: false }, 100, { kind: "off" }],
    ["with enough for the purchase", {}, 15, { kind: "enough" }],
    ["one micro-dollar short", {}, 16, { kind: "begun", reload: { amountMicros: 50 } }],
    ["just low", { belowMicros: 16 }, 0, { kind: "begun", reload: { amountMicros: 50 } }],
    ["just not low", { belowMicros: 15 }, 0, { kind: "enough" }],
    ["what the setting gives", {}, 65, { kind: "begun", reload: { amountMicros: 50 } }],
    ["more when more is short", {}, 66, { kind: "begun", reload: { amountMicros: 51 } }],
    ["up to the limit", {}, 135, { kind: "begun", reload: { amountMicros: 120 } }],
    ["not beyond it", {}, 136, { kind: "limit-reached", monthlyLimitMicros: 120, reloadedThisMonthMicros: 0 }],
    ["not by far", { monthlyLimitMicros: MOST }, MOST, { kind: "begun", reload: { amountMicros: MOST - 15 } }],
  ])("begun: %s", async (_, setting, neededMicros, want) => {
    const { ledger } = await open(setting);
    await ledger.depositCredits({ accountId: "ada", amountMicros: 15 });
    const outcome = await ledger.beginReload({ ...WISH, neededMicros });
    expect(outcome).toMatchObject(want);
    const pending = "reload" in outcome ? [outcome.reload] : [];
    expect((await ledger.reloads("ada", { limit: 10 })).data).toEqual(pending);
    expect(await ledger.credits("ada")).toMatchObject({ depositedMicros: 15 });
  });

  test.each<[string, object, string]>([
    ["a negative need", { neededMicros: -1 }, "bad-input"],
    ["half a need", { neededMicros: 0.5 }, "bad-input"],
    ["no lease", { leaseUntilMs: undefined }, "bad-input"],
    ["an account that is not there", { accountId: "nobody" }, "unknown-account"],
  ])("not begun: %s", async (_, change, code) => {
    const { ledger } = await open({});
    await expect(ledger.beginReload({ ...WISH, ...change } as never)).rejects.toMatchObject({ code });
  });

  test("of a hundred at once, in two ledgers, one begins", async () => {
    const { ledger, place } = await open({}, openThreaded);
    const { ledger: other } = await openThreaded(place);
    const all = await Promise.all(Array.from({ length: 100 }, (_, i) => (i % 2 ? ledger : other).beginReload(WISH)));
    expect(all.filter(({ kind }) => kind === "begun")).toHaveLength(1);
    expect(new Set(all.map((outcome) => "reload" in outcome && outcome.reload.id)).size).toBe(1);
  });

  test("what was paid becomes credits once, however often it is told", async () => {
    const { ledger, clock } = await open({});
    const reload = await begin(ledger);
    expect(reload).toEqual({
      id: expect.stringMatching(/^rel_[0-9a-z]{20}$/),
      accountId: "ada",
      amountMicros: 50,
      state: "pending",
      createdAtMs: START_MS,
    });
    expect(await ledger.autoReload("ada")).toMatchObject({ reloadedThisMonthMicros: 50 });
    clock.nowMs++;
    const paid = { ...reload, state: "paid", payment: `payment of ${reload.id}`, resolvedAtMs: START_MS + 1 };
    const all = await Promise.all(Array.from({ length: 20 }, () => pay(ledger, reload)));
    expect(all).toEqual(Array.from({ length: 20 }, () => paid));
    const late = { reloadId: reload.id, kind: "declined", problem: "late", pausedUntilMs: MOST } as const;
    expect(await ledger.resolveReload(late)).toEqual(paid);
    expect(await ledger.credits("ada")).toEqual({ depositedMicros: 50, availableMicros: 50, spentMicros: 0 });
    expect(await ledger.autoReload("ada")).not.toHaveProperty("pausedUntilMs");
    expect(await ledger.audit()).toEqual([]);
  });

  test("what was paid becomes credits once in two ledgers", async () => {
    const { ledger, place } = await open({}, openThreaded);
    const { ledger: other } = await openThreaded(place);
    const reload = await begin(ledger);
    await Promise.all(Array.from({ length: 40 }, (_, i) => pay(i % 2 ? ledger : other, reload)));
    expect(await other.credits("ada")).toMatchObject({ depositedMicros: 50 });
    expect(await ledger.audit()).toEqual([]);
  });

  test("what could never become credits is not begun", async () => {
    const { ledger } = await open({ belowMicros: MOST });
    await ledger.depositCredits({ accountId: "ada", amountMicros: MOST - 49 });
    await expect(ledger.beginReload(WISH)).rejects.toMatchObject({ code: "bad-input" });
    expect((await ledger.reloads("ada", { limit: 1 })).data).toEqual([]);
  });

  test("what was paid becomes credits though the account was closed", async () => {
    const { ledger } = await open({});
    const reload = await begin(ledger);
    await ledger.closeAccount("ada");
    expect(await pay(ledger, reload)).toMatchObject({ state: "paid" });
    expect(await ledger.credits("ada")).toMatchObject({ availableMicros: 50 });
    expect(await ledger.beginReload({ ...WISH, neededMicros: 100 })).toEqual({ kind: "off" });
  });

  test("after a decline nothing is charged until the pause is over, or the setting is put again", async () => {
    const { ledger, clock } = await open({});
    const decline = async (problem: string): Promise<void> => {
      const { id } = await begin(ledger);
      const pausedUntilMs = clock.nowMs + 10;
      const declined = await ledger.resolveReload({ reloadId: id, kind: "declined", problem, pausedUntilMs });
      expect(declined).toMatchObject({ id, state: "declined", problem, resolvedAtMs: clock.nowMs });
    };
    await decline("stolen");
    await ledger.putAutoReload(SETTING);
    await decline("no cover");
    expect(await ledger.credits("ada")).toMatchObject({ depositedMicros: 0 });
    expect(await ledger.autoReload("ada")).toMatchObject({ pausedUntilMs: START_MS + 10, reloadedThisMonthMicros: 0 });
    clock.nowMs = START_MS + 9;
    expect(await ledger.beginReload(WISH)).toEqual({ kind: "paused", untilMs: START_MS + 10, problem: "no cover" });
    await ledger.depositCredits({ accountId: "ada", amountMicros: 20 });
    expect(await ledger.beginReload(WISH)).toEqual({ kind: "enough" });
    clock.nowMs = START_MS + 10;
    expect(await ledger.autoReload("ada")).not.toHaveProperty("pausedUntilMs");
    expect((await ledger.beginReload({ ...WISH, neededMicros: 21 })).kind).toBe("begun");
  });

  test("the limit counts what is paid and pending in the calendar month, UTC", async () => {
    const { ledger, clock } = await open({ belowMicros: MOST });
    clock.nowMs = Date.parse("2026-10-31T23:59:59.998Z");
    await pay(ledger, await begin(ledger));
    clock.nowMs++;
    await pay(ledger, await begin(ledger));
    const reached = { kind: "limit-reached", monthlyLimitMicros: 120, reloadedThisMonthMicros: 100 };
    expect(await ledger.beginReload(WISH)).toEqual(reached);
    clock.nowMs++;
    expect(await ledger.autoReload("ada")).toMatchObject({ reloadedThisMonthMicros: 0 });
    await pay(ledger, await begin(ledger));
    const { id: reloadId } = await begin(ledger);
    expect(await ledger.autoReload("ada")).toMatchObject({ reloadedThisMonthMicros: 100 });
    await ledger.resolveReload({ reloadId, kind: "declined", problem: "p", pausedUntilMs: 0 });
    expect(await ledger.autoReload("ada")).toMatchObject({ reloadedThisMonthMicros: 50 });
    // A clock that is set back opens no second October.
    clock.nowMs = Date.parse("2026-10-31T23:59:59.999Z");
    await expect(ledger.beginReload(WISH)).resolves.toMatchObject({ reloadedThisMonthMicros: 150 });
    clock.nowMs = Date.parse("2026-11-30T00:00:00Z");
    await pay(ledger, await begin(ledger));
    expect(await ledger.beginReload(WISH)).toMatchObject({ kind: "limit-reached", reloadedThisMonthMicros: 100 });
    expect(await ledger.audit()).toEqual([]);
  });

  test("one under way is told even when auto-reload was deleted since", async () => {
    const { ledger } = await open({});
    const reload = await begin(ledger);
    await ledger.deleteAutoReload("ada");
    expect(await ledger.beginReload(WISH)).toEqual({ kind: "under-way", reload });
    await ledger.resolveReload({ reloadId: reload.id, kind: "declined", problem: "p", pausedUntilMs: MOST });
    expect(await ledger.beginReload(WISH)).toEqual({ kind: "off" });
  });

  test("what nobody has seen through in time is taken over by one, and still charged once", async () => {
    const { ledger, clock } = await open({});
    const reload = await begin(ledger);
    const taking = { limit: 10, leaseUntilMs: START_MS + 100 };
    clock.nowMs = START_MS + 49;
    expect(await ledger.takeOverReloads(taking)).toEqual([]);
    clock.nowMs = START_MS + 50;
    const taken = await Promise.all(Array.from({ length: 5 }, () => ledger.takeOverReloads(taking)));
    expect(taken.flat()).toEqual([reload]);
    await Promise.all([pay(ledger, reload), pay(ledger, reload)]);
    clock.nowMs = START_MS + 100;
    expect(await ledger.takeOverReloads(taking)).toEqual([]);
    expect(await ledger.credits("ada")).toMatchObject({ depositedMicros: 50 });
  });

  test("what is renewed in time is taken over by nobody", async () => {
    const { ledger, clock } = await open({});
    const reload = await begin(ledger);
    const taking = { limit: 10, leaseUntilMs: START_MS + 1_000 };
    await ledger.renewReloads({ ids: [reload.id], leaseUntilMs: START_MS + 100 });
    clock.nowMs = START_MS + 99;
    expect(await ledger.takeOverReloads(taking)).toEqual([]);
    clock.nowMs = START_MS + 100;
    expect(await ledger.takeOverReloads(taking)).toEqual([reload]);
  });

  test.each<[string, object]>([
    ["neither paid nor declined", { kind: "lost" }],
    ["without the payment's name", { payment: "" }],
    ["without a reload", { reloadId: undefined }],
    ["declined without a problem", { kind: "declined", pausedUntilMs: 0 }],
    ["declined with half a pause", { kind: "declined", problem: "p", pausedUntilMs: 0.5 }],
  ])("not resolved: %s", async (_, change) => {
    const { ledger } = await open({});
    const { id: reloadId } = await begin(ledger);
    const resolving = ledger.resolveReload({ reloadId, kind: "paid", payment: "p", ...change } as never);
    await expect(resolving).rejects.toMatchObject({ code: "bad-input" });
    expect((await ledger.reloads("ada", { limit: 1 })).data).toMatchObject([{ state: "pending" }]);
  });

  test("one that does not exist is not resolved", async () => {
    const { ledger } = await openSample();
    expect(await ledger.resolveReload({ reloadId: "nothing", kind: "paid", payment: "p" })).toBeUndefined();
    expect(await ledger.totals()).toMatchObject({ accounts: 0 });
  });
});
