/** Gateways' worth of books under load, each in a process of its own. */
import { type ChildProcess, execFileSync, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Came, Load } from "./load.ts";

/** Runs them all at once; gives what each came to. */
export async function pressed(loads: readonly Load[], core?: number): Promise<readonly Came[]> {
  const children = await Promise.all(loads.map(() => start(core)));
  return Promise.all(children.map((child, place) => tell(child, loads[place] as Load)));
}

async function start(core: number | undefined): Promise<ChildProcess> {
  const script = fileURLToPath(new URL("./load.ts", import.meta.url));
  const child = fork(script, { execArgv: ["--conditions=@interchange/source"] });
  await said(child);
  if (core !== undefined) pin(child, core);
  return child;
}

/** All threads of the process on one core. */
function pin({ pid }: ChildProcess, core: number): void {
  execFileSync("taskset", ["-a", "-c", "-p", String(core), String(pid)], { stdio: "ignore" });
}

/** Whether a process can be kept on one core here. */
export function canPin(): boolean {
  try {
    execFileSync("taskset", ["-V"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

async function tell(child: ChildProcess, load: Load): Promise<Came> {
  const answer = said(child);
  child.send(load);
  return (await answer) as Came;
}

function said(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`a process under load ended with code ${code}`));
    child.once("exit", ended);
    child.once("message", (message) => {
      child.off("exit", ended);
      resolve(message);
    });
  });
}
