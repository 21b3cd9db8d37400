/** Goal: a version says how hard a release meets callers. Method: tables of versions, impacts and places. */
import { describe, expect, test } from "vitest";
import { placeOf, readChanges } from "../src/released/change.ts";
import { compareVersions, type Impact, nextVersion } from "../src/released/version.ts";

test.each<[string, Impact, string]>([
  ["0.1.0", "none", "0.1.0"],
  ["0.1.0", "patch", "0.1.1"],
  ["0.1.0", "minor", "0.1.1"],
  ["0.1.4", "major", "0.2.0"],
  ["1.2.3", "patch", "1.2.4"],
  ["1.2.3", "minor", "1.3.0"],
  ["1.2.3", "major", "2.0.0"],
])("after %s a change that is %s makes it %s at least", (released, impact, want) => {
  expect(nextVersion(released, impact)).toBe(want);
});

test.each<[string, string, number]>([
  ["0.2.0", "0.1.9", 1],
  ["0.10.0", "0.9.0", 1],
  ["1.0.0", "1.0.0", 0],
  ["0.9.9", "1.0.0", -1],
])("%s beside %s", (one, other, want) => expect(Math.sign(compareVersions(one, other))).toBe(want));

test.each(["1.0", "v1.0.0", "1.0.0-rc.1", "01.0.0", ""])("%o is no version", (text) => {
  expect(() => compareVersions(text, "1.0.0")).toThrow("has to be three numbers");
});

describe("the place of a change", () => {
  const documents = [{ paths: { "/v1/a/{id}": { get: { operationId: "retrieveA" } } } }];
  test.each([
    ["#/info", "#/info"],
    ["#/paths/~1v1~1a~1{id}", "/v1/a/{id}"],
    ["#/paths/~1v1~1a~1%7Bid%7D/get", "retrieveA (GET /v1/a/{id})"],
    ["#/paths/~1v1~1a~1{id}/get/responses/200/content", "retrieveA (GET /v1/a/{id}), answer 200"],
    ["#/paths/~1v1~1a~1{id}/get/responses", "retrieveA (GET /v1/a/{id}), answers"],
    ["#/paths/~1v1~1a~1{id}/get/requestBody/content", "retrieveA (GET /v1/a/{id}), request body"],
    ["#/paths/~1v1~1b/post/parameters/3", "POST /v1/b, parameters"],
  ])("%s is %s", (pointer, want) => expect(placeOf(pointer, documents)).toBe(want));
});

test.each([
  ["of a request", "#/paths/~1v1~1a/post/requestBody/content/application~1json/schema/properties/by", "removed", true],
  [
    "of a request, deep",
    "#/paths/~1v1~1a/post/requestBody/content/x/schema/properties/by/$ref/properties/on",
    "removed",
    true,
  ],
  ["that is new", "#/paths/~1v1~1a/post/requestBody/content/x/schema/properties/by", "added", false],
  [
    "of which a part is gone",
    "#/paths/~1v1~1a/post/requestBody/content/x/schema/properties/by/oneOf/1",
    "removed",
    false,
  ],
  ["of an answer", "#/paths/~1v1~1a/post/responses/200/content/x/schema/properties/by", "removed", false],
])("a property %s", (_title, path, kind, breaks) => {
  const [change] = readChanges({ path, kind, impact: "patch", verdicts: [] }, []);
  expect([change?.impact, change?.rule]).toEqual(breaks ? ["major", "request-property-removed"] : ["patch", "change"]);
});

test("a change that no rule says anything about is told by its kind", () => {
  const told = { path: "#/info", kind: "modified", impact: "patch", property: "title", verdicts: [] } as const;
  expect(readChanges(told, [])).toEqual([
    { impact: "patch", where: "#/info", what: "Its `title` was modified.", rule: "change" },
  ]);
});
