/** An HTTP server whose requests and responses are born with Express's own prototypes. */
import http, { type Server, type ServerOptions } from "node:http";
import type { Express } from "express";

/**
 * Express gives every request and response a new prototype, which makes each of them a slow object. When they are born
 * with that prototype the call changes nothing, and Express, unchanged, costs a third. They have to be classes: V8
 * remembers the derived shape of a class only.
 */
export function createServer(app: Express, options: ServerOptions = {}): Server {
  class Incoming extends http.IncomingMessage {}
  class Outgoing extends http.ServerResponse<http.IncomingMessage> {}
  inherit(Incoming.prototype, app.request);
  inherit(Outgoing.prototype, app.response);
  app.request = Incoming.prototype as unknown as Express["request"];
  app.response = Outgoing.prototype as unknown as Express["response"];
  return http.createServer({ ...options, IncomingMessage: Incoming, ServerResponse: Outgoing }, app);
}

/** Copies what Express adds, in both layers: the framework's own and the application's. */
function inherit(target: object, source: object): void {
  const { constructor: _, ...framework } = Object.getOwnPropertyDescriptors(Object.getPrototypeOf(source) as object);
  Object.defineProperties(target, { ...framework, ...Object.getOwnPropertyDescriptors(source) });
}
