import { test } from "vitest";
import { FORMATS } from "../src/config/index.ts";
import { ask, QUESTIONS, startRig } from "./rig.ts";

const nest = (n: number, open: string) => open.repeat(n) + "1" + (open === "[" ? "]" : "}").repeat(n);
const bodyWith = (surface: string, place: string, n: number, open: string): string => {
  const q = QUESTIONS[surface as never] as any;
  const N = '"nest"';
  let b: any;
  if (place === "top") return nest(n, open);
  if (place === "unknown") b = q.body({ unknown_property: "nest" });
  if (place === "message") b = q.body({ messages: [{ role: "user", content: "Hello", mood: "nest" }] });
  if (place === "part") b = q.body({ messages: [{ role: "user", content: [{ type: "text", text: "Hello", mood: "nest" }] }] });
  if (place === "tool") b = q.body({ tools: [surface === "messages" ? { name: "f", input_schema: { type: "object", properties: { a: "nest" } } } : { type: "function", function: { name: "f", parameters: { type: "object", properties: { a: "nest" } } } }] });
  if (place === "content") b = q.body({ messages: [{ role: "user", content: "nest" }] });
  if (place === "call") b = q.body({ messages: surface === "messages" ? [{ role: "user", content: "Hello" }, { role: "assistant", content: [{ type: "tool_use", id: "t", name: "f", input: { a: "nest" } }] }, { role: "user", content: [{ type: "tool_result", tool_use_id: "t", content: "x" }] }] : [{ role: "user", content: "Hello" }, { role: "assistant", tool_calls: [{ id: "t", type: "function", function: { name: "f", arguments: `{"a":${nest(n, open)}}` } }] }, { role: "tool", tool_call_id: "t", content: "x" }], metadata: undefined });
  return JSON.stringify(b).replace(N, nest(n, open));
};
test("probe", { timeout: 300_000 }, async () => {
  const out: string[] = [];
  for (const dialect of FORMATS) {
    const rig = await startRig({ dialects: [dialect] });
    for (const surface of FORMATS)
      for (const base of ["", "/inline"])
        for (const place of ["top", "unknown", "message", "part", "tool", "content", "call"])
          for (const n of [1000, 5000, 20_000, 100_000])
            for (const open of ["[", '{"a":']) {
              const t = Date.now();
              const r = await ask(rig, surface, { base, body: bodyWith(surface, place, n, open) }).catch((e) => e);
              const text = r.text ? await r.text() : String(r);
              if (r.status !== 200 || Date.now() - t > 500) out.push(`${surface}>${dialect} ${base} ${place} ${n} ${open} ${r.status} ${Date.now() - t}ms ${text.slice(0, 200)}`);
            }
    if (process.env.Q) for (const n of [20_000, 100_000]) {
      const r = await fetch(`${rig.url}/v1/messages/count_tokens`, { method: "POST", headers: { "content-type": "application/json", "x-api-key": rig.key }, body: bodyWith("messages", "tool", n, "[") });
      out.push(`count ${n} ${r.status} ${(await r.text()).slice(0, 200)}`);
    }
    out.push(rig.log().split("\n").filter((l) => l.includes("nobody expected")).slice(0, 4).map((l) => l.slice(0, 900)).join("\n"));
    await rig.close().catch((e) => out.push(String(e).slice(0, 500)));
  }
  console.log(out.join("\n"));
});
