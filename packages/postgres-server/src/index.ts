/** A throw-away PostgreSQL server for tests and benches. */

export { type PostgresServer, type ServerOptions, startPostgres } from "./postgres-server.ts";
