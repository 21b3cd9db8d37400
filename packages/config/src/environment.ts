/** Environment: the variables that override the file, read and proved. */
import { isIP } from "node:net";
import { show } from "./problems.ts";

/** Variables by name, as in `process.env`. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** What the variables say; absent means that they do not. */
export interface Environment {
  readonly port?: number;
  readonly host?: string;
  readonly dataDir?: string;
  readonly configFile?: string;
  /** It has a password in it. */
  readonly databaseUrl?: string;
}

export interface EnvironmentReading {
  readonly environment: Environment;
  readonly problems: readonly string[];
}

/** Reads PORT, HOST and INTERCHANGE_*; one that is set to nothing counts as not set. */
export function readEnvironment(variables: Variables): EnvironmentReading {
  const said = (name: string) => variables[name]?.trim() || undefined;
  const port = said("PORT");
  const host = said("HOST");
  const dataDir = said("INTERCHANGE_DATA_DIR");
  const configFile = said("INTERCHANGE_CONFIG");
  const databaseUrl = said("INTERCHANGE_DATABASE_URL");
  const problems = [portProblem(port), hostProblem(host), databaseProblem(databaseUrl)];
  const environment = {
    ...(port !== undefined && { port: Number(port) }),
    ...(host !== undefined && { host }),
    ...(dataDir !== undefined && { dataDir }),
    ...(configFile !== undefined && { configFile }),
    ...(databaseUrl !== undefined && { databaseUrl }),
  };
  return { environment, problems: problems.filter((problem) => problem !== undefined) };
}

/** Whether a server can listen on it: an address of this machine's networks, not a name to be looked up. */
export function isListenable(host: string): boolean {
  return host === "localhost" || isIP(host) !== 0;
}

function portProblem(port: string | undefined): string | undefined {
  if (port === undefined || (/^\d{1,5}$/.test(port) && Number(port) <= 65_535)) return undefined;
  return `PORT must be a whole number from 0 to 65535, not ${show(port)} (environment)`;
}

function hostProblem(host: string | undefined): string | undefined {
  if (host === undefined || isListenable(host)) return undefined;
  return `HOST must be an IP address or localhost, not ${show(host)} (environment)`;
}

const DATABASE_PROTOCOLS: ReadonlySet<string> = new Set(["postgres:", "postgresql:"]);

/** The value is not shown: such addresses have a password in them. */
function databaseProblem(url: string | undefined): string | undefined {
  if (url === undefined || (URL.canParse(url) && DATABASE_PROTOCOLS.has(new URL(url).protocol))) return undefined;
  return "INTERCHANGE_DATABASE_URL must be a PostgreSQL address such as postgres://user@host:5432/name, or empty to keep the books in the data directory (environment)";
}
