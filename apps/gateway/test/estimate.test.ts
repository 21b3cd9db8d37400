/** Pictures and documents are counted in their own way, in whatever form they come; text is counted by its bytes. */

import type { Format } from "@interchange/config";
import { dialects } from "@interchange/dialects";
import { expect, test } from "vitest";
import { createEstimator, weigh } from "../src/estimate/index.ts";

const DATA = "A".repeat(300_000);
const PICTURE = 1_600;
const PAGES = 10_000;
/** A document that the supplier fetches: a short paper. */
const PAPER = 25_000;
/** What stands around the data, at three bytes a token. */
const AROUND = 200;

const base64 = { type: "base64", media_type: "image/png", data: DATA };

test.each<[string, Format, object, number]>([
  ["a picture", "messages", { type: "image", source: base64 }, PICTURE],
  ["a picture of which more is said", "messages", { type: "image", source: { ...base64, width: 7 } }, PICTURE],
  ["a picture in an unknown form", "messages", { type: "image", source: { type: "hex", data: DATA } }, PICTURE],
  ["a document", "messages", { type: "document", source: { ...base64, pages: 7 } }, PAGES],
  ["a document in an unknown form", "messages", { type: "document", source: { type: "hex", data: DATA } }, PAGES],
  [
    "a picture within a document",
    "messages",
    { type: "document", source: { type: "content", content: [{ type: "image", source: base64 }] } },
    PICTURE,
  ],
  [
    "a picture within a result",
    "messages",
    { type: "tool_result", tool_use_id: "t", content: [{ type: "image", source: { ...base64, width: 7 } }] },
    PICTURE,
  ],
  ["a file", "chat-completions", { type: "file", file: { file_data: DATA } }, PAGES],
  ["a file that has a name too", "chat-completions", { type: "file", file: { file_data: DATA, file_id: "f" } }, PAGES],
  ["a document elsewhere", "messages", { type: "document", source: { type: "url", url: "https://a.b/c.pdf" } }, PAPER],
  ["a document kept by the supplier", "messages", { type: "document", source: { type: "file", file_id: "f" } }, PAPER],
  [
    "a document elsewhere in an unknown form",
    "messages",
    { type: "document", source: { type: "ipfs", id: "c" } },
    PAPER,
  ],
  ["a file kept by the supplier", "chat-completions", { type: "file", file: { file_id: "f" } }, PAPER],
  ["a picture elsewhere", "messages", { type: "image", source: { type: "url", url: "https://a.b/c.png" } }, PICTURE],
  [
    "a text within a document",
    "messages",
    { type: "document", source: { type: "text", media_type: "text/plain", data: DATA } },
    100_000,
  ],
  ["a text", "messages", { type: "text", text: DATA }, 100_000],
  ["a kind that nobody knows", "messages", { type: "hologram", data: DATA }, 100_000],
])("%s", (_, format, part, want) => {
  const body = { model: "m", max_tokens: 1, messages: [{ role: "user", content: [part] }] };
  const request = dialects[format].surface.readRequest(body as never);
  const estimate = createEstimator().estimate("any", weigh(JSON.stringify(body).length, request));
  expect(estimate).toBeGreaterThanOrEqual(want);
  expect(estimate).toBeLessThan(want + AROUND);
});
