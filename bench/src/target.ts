/** A server under load, in a process of its own, that tells how much processor time it has used. */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Microseconds of processor time: of the whole process, and of the thread that serves requests. */
export interface Spent {
  readonly process: number;
  readonly thread: number;
}

export interface Target {
  readonly name: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  spent(): Promise<Spent>;
  stop(): void;
}

interface Ready {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Starts `targets/<name>.ts` with these arguments. */
export async function startTarget(name: string, ...args: readonly string[]): Promise<Target> {
  const child = fork(fileURLToPath(new URL(`./targets/${name}.ts`, import.meta.url)), args, {
    execArgv: ["--conditions=@interchange/source"],
  });
  const ready = (await told(child)) as Ready;
  return {
    name,
    url: ready.url,
    headers: ready.headers ?? {},
    async spent() {
      child.send("spent");
      return (await told(child)) as Spent;
    },
    // It ends itself then, and tidies up.
    stop: () => child.disconnect(),
  };
}

function told(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`the target ended with code ${code}`));
    child.once("exit", ended);
    child.once("message", (message) => {
      child.off("exit", ended);
      resolve(message);
    });
  });
}

/** Called by a target once it listens. */
export function reportSpent(ready: Ready): void {
  process.on("message", () => {
    const whole = process.cpuUsage();
    const thread = process.threadCpuUsage();
    process.send?.({ process: whole.user + whole.system, thread: thread.user + thread.system } satisfies Spent);
  });
  process.on("disconnect", () => process.exit());
  process.send?.(ready);
}
