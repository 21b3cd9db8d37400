/** A running gateway over scripted suppliers that speak one format, asked on the surface of the other. */
import { tmpdir } from "node:os";
import { type Config, DEFAULT_TIMEOUTS, type Format, readConfig, type SupplierRow } from "@interchange/config";
import { FEATURES } from "@interchange/inference";
import { type AskOptions, ask, OTHER, QUESTIONS, type Rig, startRig } from "../rig.ts";
import { type Ending, readStream } from "../stream.ts";
import { scoreOf } from "./score.ts";
import { type Asked, type Script, type ScriptedSupplier, startScripted } from "./scripted-supplier.ts";
import type { Wire } from "./wire-format.ts";

export interface Crossing {
  readonly surface: Format;
  readonly rig: Rig;
  readonly suppliers: readonly ScriptedSupplier[];
  /** Asks while every supplier answers the script, if there is one, and reads the answer to its end. */
  exchange(script: Script | undefined, body?: Wire, options?: AskOptions): Promise<Exchange>;
  /** The same for a stream of these pieces. */
  stream(pieces: Script["pieces"], body?: Wire, options?: AskOptions): Promise<Exchange>;
  /** The same for one whole answer. */
  whole(answer: unknown, body?: Wire, options?: AskOptions): Promise<Exchange>;
  /** Throws where an answer was out of contract, or where the books do not add up. */
  close(): Promise<void>;
}

export interface Exchange {
  readonly status: number;
  readonly headers: Headers;
  readonly requestId: string;
  readonly text: string;
  /** Of a whole answer or a refusal. */
  readonly body: Wire;
  readonly events: readonly Wire[];
  readonly score: readonly string[];
  readonly ending: Ending;
  /** Whatever of the stream is not as the contract has it. */
  readonly faults: readonly string[];
  /** What suppliers were asked, the cheapest first. */
  readonly asked: readonly Asked[];
  /** The body that the first of them received. */
  readonly sent: Wire;
}

export interface CrossingOptions {
  /** One for each supplier, the first being the cheapest. One that speaks the other surface's format unless said. */
  readonly formats?: readonly Format[];
  /** Beside what every row has. */
  readonly row?: Partial<SupplierRow>;
  /** What every supplier offers; everything unless said. */
  readonly features?: SupplierRow["offers"][number]["features"];
  readonly timeouts?: Partial<SupplierRow["timeouts"]>;
  readonly config?: Partial<Config>;
}

export async function openCrossing(surface: Format, options: CrossingOptions = {}): Promise<Crossing> {
  const formats = options.formats ?? [OTHER[surface]];
  const suppliers = await Promise.all(formats.map(() => startScripted()));
  const rows = suppliers.map(({ url }, index) => rowOf(url, formats[index] as Format, index, options));
  const rig = await startRig({ suppliers: [], config: { suppliers: rows, ...options.config } });
  const exchange: Crossing["exchange"] = async (script, body = {}, asking = {}) => {
    if (script !== undefined) for (const supplier of suppliers) supplier.answer(script);
    const before = suppliers.map(({ asked }) => asked.length);
    const response = await ask(rig, surface, { body: QUESTIONS[surface].body(body), ...asking });
    const text = await response.text();
    const asked = suppliers.flatMap((supplier, index) => supplier.asked.slice(before[index]));
    return read(surface, response, text, asked);
  };
  return {
    surface,
    rig,
    suppliers,
    exchange,
    stream: (pieces, body = {}, asking = {}) => exchange({ pieces }, { stream: true, ...body }, asking),
    whole: (answer, body = {}, asking = {}) => exchange(json(answer), body, asking),
    async close() {
      await rig.close();
      await Promise.all(suppliers.map((supplier) => supplier.close()));
      if (rig.outOfContract.length > 0) throw new Error(rig.outOfContract.join("\n"));
    },
  };
}

/** A supplier's whole answer as a script. */
export function json(answer: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Script {
  return { status, headers: { "content-type": "application/json", ...headers }, pieces: [JSON.stringify(answer)] };
}

function read(surface: Format, response: Response, text: string, asked: readonly Asked[]): Exchange {
  const isStream = response.headers.get("content-type")?.includes("event-stream") === true;
  const told = readStream(surface, isStream ? text : "");
  return {
    status: response.status,
    headers: response.headers,
    requestId: response.headers.get("request-id") ?? "",
    text,
    body: isStream || text === "" ? {} : (JSON.parse(text) as Wire),
    events: told.events as readonly Wire[],
    score: scoreOf(surface, told.events, isStream && text.endsWith("data: [DONE]\n\n")),
    ending: told.ending,
    faults: isStream ? told.faults : [],
    asked,
    sent: asked[0]?.body ?? {},
  };
}

const BASE = readConfig({ env: {}, cwd: tmpdir() });

function rowOf(baseUrl: string, dialect: Format, index: number, options: CrossingOptions): SupplierRow {
  if (BASE.kind !== "demo") throw new Error("expected no configuration");
  const name = `scripted-${index}`;
  return {
    name,
    baseUrl,
    dialects: [dialect],
    credential: "the-supplier's-secret",
    timeouts: { ...DEFAULT_TIMEOUTS, firstByteMs: 2_000, idleMs: 2_000, ...options.timeouts },
    offers: BASE.config.instruments.map((instrument) => ({
      supplier: name,
      dialect,
      instrument: instrument.name,
      model: `model-${index}`,
      askMicros: 1_000 * (index + 1),
      features: options.features ?? FEATURES,
      delivery: "relay" as const,
    })),
    ...options.row,
  };
}
