/** Goal: an audit names whatever was altered behind the ledger's back, and nothing else. Every check of it is made to fail. */

import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type Ledger, type LedgerOptions, openLedger } from "@interchange/ledger";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ENGINES } from "./engines.ts";
import { lifeFrom, START_MS } from "./sample.ts";
import { databaseWithTables, query } from "./server.ts";

const UNIT = 1_000_000;
const AT = { accountId: "ada", instrument: "text" };

/** Everything that is audited: a settled, a released and an open request, a lapsed lot, purchases and reloads of all ends. */
async function writeBooks(options: LedgerOptions): Promise<void> {
  const clock = { nowMs: START_MS };
  const ledger = await openLedger({ ...options, clock: () => clock.nowMs });
  await ledger.openAccount({ id: "ada", name: "Ada" });
  await ledger.deposit({ ...AT, tokens: 5, costMicros: 5, expiresAtMs: START_MS + 1 });
  await ledger.depositCredits({ accountId: "ada", amountMicros: 100 });
  clock.nowMs++;
  await ledger.buy({ ...AT, tokens: UNIT, priceMicrosPerUnit: 30 });
  const life = { expiresAtMs: lifeFrom(START_MS) };
  for (const requestId of ["r1", "r2", "r3"]) await ledger.hold({ ...AT, ...life, requestId, tokens: 40_000 });
  await ledger.settle({ requestId: "r1", tokens: 40_000 });
  await ledger.release({ requestId: "r2", reason: "client-left" });
  await ledger.putAutoBuy({ ...AT, enabled: true, tokens: UNIT, belowTokens: 2 * UNIT });
  const wish = { ...AT, priceMicrosPerUnit: 10, leaseUntilMs: 0, neededTokens: 0 };
  for (const end of ["fail", "leave"]) {
    const outcome = await ledger.beginPurchase(wish);
    if (outcome.kind !== "begun") throw new Error(outcome.kind);
    if (end === "fail") await ledger.failPurchase({ purchaseId: outcome.purchase.id, problem: "p" });
  }
  const setting = { accountId: "ada", enabled: true, amountMicros: 50, belowMicros: 1_000, monthlyLimitMicros: 500 };
  await ledger.putAutoReload(setting);
  for (const end of ["paid", "declined", "pending"]) {
    const outcome = await ledger.beginReload({ accountId: "ada", neededMicros: 0, leaseUntilMs: 0 });
    if (outcome.kind !== "begun") throw new Error(outcome.kind);
    const reloadId = outcome.reload.id;
    if (end === "paid") await ledger.resolveReload({ reloadId, kind: "paid", payment: "p" });
    if (end === "declined") await ledger.resolveReload({ reloadId, kind: "declined", problem: "p", pausedUntilMs: 0 });
  }
  await ledger.close();
}

/** How books are kept, copied while nobody reads them, and altered past their own guards. */
type Shelf = {
  place(): Promise<string>;
  /** To be called once, before the first copy. */
  keep(place: string): Promise<void>;
  copy(place: string): Promise<string>;
  tamper(place: string, statement: string): Promise<void>;
};

const folder = mkdtempSync(join(tmpdir(), "ledger-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

const SHELVES: Record<string, Shelf> = {
  sqlite: {
    place: async () => join(folder, "books.db"),
    keep: async () => {},
    copy: async (file) => {
      const copy = join(folder, `copy${files++}.db`);
      copyFileSync(file, copy);
      return copy;
    },
    tamper: async (file, statement) => {
      const database = new DatabaseSync(file);
      database.exec(`DROP TRIGGER movement_stays; DROP TRIGGER movement_remains;
        DROP TRIGGER credit_movement_stays; DROP TRIGGER credit_movement_remains;
        PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF; ${statement}`);
      database.close();
    },
  },
  postgres: {
    place: databaseWithTables,
    keep: async (url) => {
      await query(url, "CREATE SCHEMA kept");
      await query(url, forEachTable("CREATE TABLE kept.%1$I AS TABLE interchange.%1$I"));
      await query(url, WITHOUT_CHECKS);
    },
    // A table costs less to copy than a database.
    copy: async (url) => {
      await query(url, forEachTable("DELETE FROM interchange.%1$I"));
      await query(url, forEachTable("INSERT INTO interchange.%1$I (%2$s) SELECT %2$s FROM kept.%1$I"));
      return url;
    },
    tamper: async (url, statement) => {
      await query(url, `BEGIN; ${AS_REPLICA}; ${statement}; COMMIT`);
    },
  },
};

/** A replica runs no triggers, those of foreign keys included. */
const AS_REPLICA = "SET LOCAL session_replication_role = replica";

/** `%1$I` is the table, `%2$s` its columns but those that are derived from others. */
function forEachTable(text: string): string {
  return `DO $$ DECLARE one RECORD; BEGIN
    ${AS_REPLICA};
    FOR one IN SELECT table_name AS name, string_agg(quote_ident(column_name), ',') AS columns
      FROM information_schema.columns WHERE table_schema = 'interchange' AND is_generated = 'NEVER' GROUP BY 1
    LOOP EXECUTE format('${text}', one.name, one.columns); END LOOP;
  END $$`;
}

const WITHOUT_CHECKS = `DO $$ DECLARE one RECORD; BEGIN
  FOR one IN SELECT conname, conrelid::regclass AS owner FROM pg_constraint
    WHERE contype = 'c' AND connamespace = 'interchange'::regnamespace
  LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', one.owner, one.conname); END LOOP;
END $$`;

describe.each(ENGINES)("on $name", ({ name, optionsAt, openSample }) => {
  const { place, keep, copy, tamper } = SHELVES[name] as Shelf;
  let books: string;
  beforeAll(async () => {
    books = await place();
    await writeBooks(optionsAt(books));
    await keep(books);
  });

  async function openCopy(statement?: string): Promise<Ledger> {
    const copied = await copy(books);
    if (statement !== undefined) await tamper(copied, statement);
    return (await openSample(copied)).ledger;
  }

  test("sound books have nothing to tell", async () => {
    const ledger = await openCopy();
    expect(await ledger.audit()).toEqual([]);
    expect(await ledger.totals()).toMatchObject({ accounts: 1, held: 40_000, used: 40_000, lapsed: 5 });
  });

  describe("noticed:", () => {
    const PLACE = "ada in text";

    test.each<[string, string, string[]]>([
      ["a balance", "UPDATE balance SET available = available + 5", [`available of ${PLACE}`, `stock of ${PLACE}`]],
      ["what was deposited", "UPDATE balance SET deposited = 1", [`deposited of ${PLACE}`]],
      [
        "what is held",
        "UPDATE balance SET held = 3",
        [`held of ${PLACE}`, `stock of ${PLACE}`, `open holds of ${PLACE}`],
      ],
      ["what was used", "UPDATE balance SET used = 8", [`used of ${PLACE}`, `draws of ${PLACE}`]],
      ["what has lapsed", "UPDATE balance SET lapsed = 1", [`lapsed of ${PLACE}`]],
      [
        "a movement",
        "UPDATE movement SET used = 7, available = available + 39993 WHERE movement = 'settle'",
        [`available of ${PLACE}`, `used of ${PLACE}`],
      ],
      ["a lot", "UPDATE lot SET remaining = 1 WHERE cost_micros = 30", [`stock of ${PLACE}`, "lot lot_"]],
      ["a lot's cost", "UPDATE lot SET cost_micros = 1 WHERE cost_micros = 30", ["cost of the lot of purchase pur_"]],
      ["a draw's cost", "UPDATE draw SET cost_micros = 99", ["cost of lot lot_", "cost of request r1"]],
      ["a draw", "DELETE FROM draw", [`draws of ${PLACE}`, "lot lot_", "tokens of request r1", "cost of request r1"]],
      ["what a request cost", "UPDATE hold SET cost_micros = 2 WHERE request_id = 'r1'", ["cost of request r1"]],
      ["what a released one cost", "UPDATE hold SET cost_micros = 1 WHERE request_id = 'r2'", ["cost of request r2"]],
      ["what a request used", "UPDATE hold SET tokens_used = 1 WHERE request_id = 'r1'", ["tokens of request r1"]],
      ["an open hold", "DELETE FROM hold WHERE request_id = 'r3'", [`open holds of ${PLACE}`]],
      ["a draw's lot", "UPDATE draw SET lot_id = 'lot_x'", ["lot lot_", "lot lot_x"]],
      ["all of a place", "DELETE FROM balance", [`holds of ${PLACE}`]],
      ["available credits", "UPDATE credit_balance SET available = 1_000_000", ["available credits of ada"]],
      ["spent credits", "UPDATE credit_balance SET spent = 0", ["spent credits of ada"]],
      ["deposited credits", "UPDATE credit_balance SET deposited = 0", ["deposited credits of ada"]],
      [
        "all credits of an account",
        "DELETE FROM credit_balance",
        ["available credits of ada", "spent credits of ada", "deposited credits of ada"],
      ],
      [
        "a credit deposit's movement",
        "DELETE FROM credit_movement WHERE movement = 'deposit'",
        ["available credits of ada", "deposited credits of ada", "credit deposit crd_"],
      ],
      [
        "a credit deposit's amount",
        "UPDATE credit_deposit SET amount_micros = 1 WHERE source = 'deposit'",
        ["credit deposit crd_"],
      ],
      [
        "a purchase's movement",
        "DELETE FROM credit_movement WHERE movement = 'purchase'",
        ["available credits of ada", "spent credits of ada", "cost of purchase pur_"],
      ],
      [
        "a purchase paid twice",
        `INSERT INTO credit_movement (movement, reference, account_id, deposited, available, spent, at_ms)
       SELECT movement, reference, account_id, deposited, available, spent, at_ms FROM credit_movement
       WHERE movement = 'purchase'`,
        ["available credits of ada", "spent credits of ada", "cost of purchase pur_"],
      ],
      [
        "a purchase's cost",
        "UPDATE purchase SET cost_micros = 1 WHERE state = 'filled'",
        ["cost of purchase pur_", "cost of the lot of purchase pur_"],
      ],
      [
        "a purchase's tokens",
        "UPDATE purchase SET tokens = 1 WHERE state = 'filled'",
        ["tokens of the lot of purchase pur_"],
      ],
      [
        "a purchase whose lot is another's",
        "UPDATE lot SET reference = 'pur_x' WHERE cost_micros = 30",
        ["tokens of the lot of purchase pur_", "cost of the lot of purchase pur_"],
      ],
      [
        "a failed purchase called filled",
        "UPDATE purchase SET state = 'filled' WHERE state = 'failed'",
        ["cost of purchase pur_", "tokens of the lot of purchase pur_", "cost of the lot of purchase pur_"],
      ],
      ["a declined reload called paid", "UPDATE reload SET state = 'paid' WHERE state = 'declined'", ["reload rel_"]],
      ["a paid reload called declined", "UPDATE reload SET state = 'declined' WHERE state = 'paid'", ["reload rel_"]],
      ["a reload's amount", "UPDATE reload SET amount_micros = 1 WHERE state = 'paid'", ["reload rel_"]],
      [
        "a reload's credits",
        "DELETE FROM credit_deposit WHERE source = 'reload'",
        ["credit deposit crd_", "reload rel_"],
      ],
    ])("%s", async (_, statement, want) => {
      const ledger = await openCopy(statement);
      const places = (await ledger.audit()).map(({ where }) => where);
      const found = places.map((where) => where.replace(/_[0-9a-z]{20}$/, "_"));
      expect(found).toEqual(want);
    });

    test("with what is kept and what was derived", async () => {
      const ledger = await openCopy("UPDATE credit_balance SET available = 7");
      expect(await ledger.audit()).toEqual([{ where: "available credits of ada", kept: 7, derived: 120 }]);
    });
  });
});
