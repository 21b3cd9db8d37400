/** Goal: either surface is filled by suppliers that speak the other format alone, on every leg, streamed and whole. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FORMATS, type Format } from "../src/config/index.ts";
import { ask, QUESTIONS, type Rig, startRig } from "./rig.ts";

const other = (surface: Format): Format => FORMATS.find((format) => format !== surface) as Format;

describe.each(FORMATS)("%s over suppliers of the other format", (surface) => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig({ dialects: [other(surface)] });
  });
  afterAll(() => rig.close());

  test.each([
    ["whole, redirected", "", false],
    ["whole, inline", "/inline", false],
    ["streamed, redirected", "", true],
    ["streamed, inline", "/inline", true],
  ])("%s", async (_, base, stream) => {
    const response = await ask(rig, surface, { base, body: QUESTIONS[surface].body({ stream }) });
    const text = await response.text();
    expect({ status: response.status, text }).toMatchObject({ status: 200 });
    console.log(text.slice(0, 1500));
    expect(rig.outOfContract).toEqual([]);
  });
});
