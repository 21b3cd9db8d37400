/** What may be said of a failure, to whom. */
import { describe, expect, test } from "vitest";
import { readFault, reasonOf, sentenceOf, withhold } from "../src/failure.ts";

describe("a fault of the connection says neither where nor with what code", () => {
  test.each<[string, object, string, boolean]>([
    ["refused", { code: "ECONNREFUSED", message: "connect 10.0.0.1:80" }, "it refused the connection", false],
    ["reset", { code: "ECONNRESET" }, "it broke the connection off", false],
    ["closed by the other side", { code: "UND_ERR_SOCKET" }, "it broke the connection off", false],
    ["an unknown name", { code: "ENOTFOUND" }, "its host name is not known", false],
    ["no connection in time", { code: "UND_ERR_CONNECT_TIMEOUT" }, "it could not be reached in time", true],
    ["no head in time", { code: "UND_ERR_HEADERS_TIMEOUT" }, "it did not begin to answer in time", true],
    ["silence", { code: "UND_ERR_BODY_TIMEOUT" }, "it fell silent while answering", true],
    ["too long", new DOMException("late", "TimeoutError"), "it took longer than the whole request may", true],
    ["anything", new Error("10.0.0.1"), "the connection to it broke", false],
  ])("%s", (_, error, message, isTimeout) => {
    expect(readFault(error)).toEqual({ message, caller: false, ...(isTimeout ? { timeout: true } : {}) });
  });
});

describe("a supplier's own words", () => {
  test("about the request are the caller's, and kept nowhere", () => {
    const failure = { status: 400, type: "invalid_request_error", message: "messages.1 is “secret”", caller: true };
    expect(withhold(failure)).toBe(failure);
    expect(sentenceOf(failure)).toBe(failure);
    expect(reasonOf(failure)).toBe("the supplier refused the request");
  });

  test.each([
    [{ status: 500, type: "api_error" }, "it answered with status 500", "api_error"],
    [{ status: 401, type: "authentication_error" }, "it answered with status 401", "api_error"],
    [{ status: 429, type: "rate_limit_error" }, "it answered with status 429", "overloaded_error"],
    [{ type: "overloaded_error" }, "it is overloaded", "overloaded_error"],
    [{ type: "server_busy", overloaded: true }, "it is overloaded", "overloaded_error"],
    [{}, "it did not finish its answer", "api_error"],
  ])("about anything else are the operator's: %j", (given, message, type) => {
    const told = withhold({ ...given, message: "org-4711 is broke", caller: false });
    expect(told).toMatchObject({ message, type });
    expect(told.said).toContain("org-4711 is broke");
    expect(sentenceOf(told).message).toBe(`The supplier failed: ${message}.`);
    expect(reasonOf(told)).toBe(message);
  });
});
