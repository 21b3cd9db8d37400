/** The suppliers of the configuration, opened: one for each wire format that each of them speaks. */
import { dialects, NO_QUIRKS } from "@interchange/dialects";
import { openSupplier, type Supplier } from "@interchange/relay";
import type { Config, SupplierRow } from "./config/index.ts";

export interface Suppliers {
  find(name: string, dialect: string): Supplier | undefined;
  /** Lets connections go; at once where runs are still under way on them. */
  close(isIdle: boolean): Promise<void>;
}

export function openSuppliers({ suppliers }: Pick<Config, "suppliers">): Suppliers {
  const rows = suppliers.flatMap((row) => row.dialects.map((dialect) => ({ row, dialect })));
  const open = new Map(rows.map(({ row, dialect }) => [keyOf(row.name, dialect), openRow(row, dialect)]));
  return {
    find: (name, dialect) => open.get(keyOf(name, dialect)),
    async close(isIdle) {
      await Promise.all([...open.values()].map(({ pool }) => (isIdle ? pool.close() : pool.destroy())));
    },
  };
}

function openRow(row: SupplierRow, dialect: SupplierRow["dialects"][number]): Supplier {
  return openSupplier({
    name: row.name,
    baseUrl: row.baseUrl,
    dialect: dialects[dialect].supplier,
    patience: row.timeouts,
    quirks: row.quirks ?? NO_QUIRKS,
    ...(row.credential === undefined ? {} : { credential: row.credential }),
  });
}

function keyOf(name: string, dialect: string): string {
  return `${name}\n${dialect}`;
}
