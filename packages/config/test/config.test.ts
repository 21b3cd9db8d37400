/** Goal: a right configuration is read whole, and a wrong one is refused with the path, the place and a sentence. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Config,
  DEFAULT_LIMITS,
  DEFAULT_ROUTING,
  DEFAULT_TIMEOUTS,
  DEFAULTS,
  FORMATS,
  QUIRK_FORMATS,
  readCatalogue,
  readConfig,
} from "@interchange/config";
import { FEATURES } from "@interchange/inference";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";

const ROOT = new URL("../../../", import.meta.url);
const SCHEMA = JSON.parse(readFileSync(new URL("packages/config/interchange.config.schema.json", ROOT), "utf8"));

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "interchange-config-"));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

type Env = Record<string, string>;

/** Reads the text as `interchange.config.yaml` of an otherwise empty working directory. */
function read(text: string | undefined, env: Env = {}) {
  const file = join(cwd, "interchange.config.yaml");
  rmSync(file, { force: true });
  if (text !== undefined) writeFileSync(file, text);
  return readConfig({ env, cwd });
}

function accepted(text: string, env: Env = {}): Config {
  const reading = read(text, env);
  if (reading.kind !== "config") throw new Error(`It was not accepted: ${JSON.stringify(reading)}`);
  return reading.config;
}

function problems(text: string | undefined, env: Env = {}): readonly string[] {
  const reading = read(text, env);
  return reading.kind === "refused" ? reading.problems : [];
}

/** The smallest file that is accepted, with more lines under its one supplier or after it. */
function small(options: { readonly supplier?: string; readonly offer?: string; readonly rest?: string } = {}): string {
  return `suppliers:
  - name: local
    baseUrl: http://127.0.0.1:8000
    dialect: chat-completions
${options.supplier === undefined ? "" : `    ${options.supplier}\n`}    offers:
      - instrument: text-prime
        model: qwen
        askMicrosPerUnit: 150000
${options.offer === undefined ? "" : `        ${options.offer}\n`}${options.rest ?? ""}`;
}

describe("without a file", () => {
  test("it is a demo: every default, the whole catalogue, and no supplier", () => {
    expect(read(undefined)).toEqual({
      kind: "demo",
      config: {
        port: 4000,
        host: "127.0.0.1",
        dataDir: join(cwd, ".interchange"),
        hosts: { "chat-completions": [], messages: [] },
        strictHeaders: false,
        ticketLifeMs: 60_000,
        limits: {
          bodyBytesMax: 33_554_432,
          requestsPerMinute: 0,
          tokensPerMinute: 0,
          runningMax: 0,
          drainMs: 30_000,
          runLifeMs: 120_000,
        },
        brokenStreams: "nothing",
        catalogueVersion: readCatalogue().version,
        instruments: readCatalogue().instruments,
        suppliers: [],
        routing: { fallbackAfterMs: 30_000, probeAfterMs: 10_000, attemptsMax: 4 },
        accounts: [],
      },
    });
  });

  test("the environment is heard all the same", () => {
    const env = { PORT: "0", HOST: "0.0.0.0", INTERCHANGE_DATA_DIR: "/srv/data" };
    expect(read(undefined, env)).toMatchObject({ config: { port: 0, host: "0.0.0.0", dataDir: "/srv/data" } });
  });

  test("variables that are set to nothing count as not set", () => {
    const env = { PORT: "", HOST: " ", INTERCHANGE_DATA_DIR: "", INTERCHANGE_CONFIG: "", INTERCHANGE_DATABASE_URL: "" };
    expect(read(undefined, env)).toEqual(read(undefined));
  });
});

describe("a right file", () => {
  test("the smallest one", () => {
    const config = accepted(small());
    expect(config.suppliers).toEqual([
      {
        name: "local",
        baseUrl: "http://127.0.0.1:8000",
        dialects: ["chat-completions"],
        timeouts: { connectMs: 5_000, firstByteMs: 120_000, idleMs: 120_000, totalMs: 1_800_000 },
        offers: [
          {
            supplier: "local",
            dialect: "chat-completions",
            instrument: "text-prime",
            model: "qwen",
            askMicros: 150_000,
            delivery: "relay",
          },
        ],
      },
    ]);
    expect({ ...config, suppliers: [] }).toEqual((read(undefined) as { config: Config }).config);
  });

  test("everything that can be said", () => {
    const config = accepted(
      `$schema: ./schema.json
port: 8080
host: "::1"
dataDir: data
publicUrl: https://API.example.com/
hosts: { chat-completions: [api.example.com], messages: [messages.example.com] }
strictHeaders: true
ticketLifeMs: 1000
limits: { bodyBytesMax: 2048, holdOutputTokensDefault: 512, requestsPerMinute: 60, tokensPerMinute: 9000, runningMax: 3, drainMs: 0, runLifeMs: 1000 }
brokenStreams: delivered
instruments:
  - { name: text-prime, outputTokensMax: 40000, askMicrosPerUnitMax: 1, floors: {}, limits: { tokensPerMinute: 70000, runningMax: 2 } }
  - { name: text-house, tier: standard, description: Ours., contextTokens: 100, outputTokensMax: 100 }
suppliers:
  - name: both
    baseUrl: http://both.example.com/sub/v1/
    dialect: [messages, chat-completions]
    credentialEnv: BOTH_KEY
    collectsData: false
    timeouts: { connectMs: 1, idleMs: 2 }
    lacks: [presence-penalty]
    quirks: { developerRole: false, efforts: [none, low, high], toolIds: { alphabet: alphanumeric, charsMax: 9 } }
    offers:
      - { instrument: Text-House, model: m, askMicrosPerUnit: 0, features: [seed], lacks: [presence-penalty, blank-stop-sequences], contextTokens: 90, outputTokensMax: 90 }
      - { instrument: text-prime, model: n, askMicrosPerUnit: 1, runningMax: 7, paused: true }
  - name: away
    baseUrl: https://away.example.com
    dialect: messages
    paused: true
    offers: [{ instrument: text-house, model: m, askMicrosPerUnit: 2 }]
routing: { fallbackAfterMs: 5000, attemptsMax: 2, hedging: { afterMs: 4999, budgetPercent: 2.5 } }
accounts:
  - { id: home, lots: [{ reference: first, instrument: TEXT-house, tokens: 5 }] }
  - { id: work, name: At work, lots: [] }
`,
      { BOTH_KEY: " secret\n" },
    );
    const { instruments, suppliers, ...rest } = config;
    expect(rest).toEqual({
      port: 8080,
      host: "::1",
      dataDir: join(cwd, "data"),
      publicUrl: "https://api.example.com",
      hosts: { "chat-completions": ["api.example.com"], messages: ["messages.example.com"] },
      strictHeaders: true,
      ticketLifeMs: 1_000,
      limits: {
        bodyBytesMax: 2_048,
        holdOutputTokensDefault: 512,
        requestsPerMinute: 60,
        tokensPerMinute: 9_000,
        runningMax: 3,
        drainMs: 0,
        runLifeMs: 1_000,
      },
      brokenStreams: "delivered",
      catalogueVersion: readCatalogue().version,
      routing: {
        fallbackAfterMs: 5_000,
        probeAfterMs: 5_000,
        attemptsMax: 2,
        hedging: { afterMs: 4_999, budgetPercent: 2.5 },
      },
      accounts: [
        {
          id: "home",
          name: "home",
          lots: [{ reference: "first", instrument: "text-house", tokens: 5, costMicros: 0 }],
        },
        { id: "work", name: "At work", lots: [] },
      ],
    });
    const prime = readCatalogue().instruments.find(({ name }) => name === "text-prime");
    expect(instruments.find(({ name }) => name === "text-prime")).toEqual({
      ...prime,
      outputTokensMax: 40_000,
      floors: {},
      askMicrosMax: 1,
      limits: { tokensPerMinute: 70_000, runningMax: 2 },
    });
    expect(instruments.at(-1)).toEqual({
      name: "text-house",
      tier: "standard",
      description: "Ours.",
      contextTokens: 100,
      outputTokensMax: 100,
      floors: {},
      modalities: ["text"],
      features: [],
    });
    expect(suppliers).toMatchObject([
      {
        name: "both",
        baseUrl: "http://both.example.com/sub",
        dialects: ["messages", "chat-completions"],
        credentialEnv: "BOTH_KEY",
        credential: "secret",
        collectsData: false,
        timeouts: { connectMs: 1, firstByteMs: 120_000, idleMs: 2 },
        quirks: {
          developerRole: false,
          efforts: ["none", "low", "high"],
          toolIds: { alphabet: "alphanumeric", charsMax: 9 },
        },
        offers: [
          {
            dialect: "messages",
            instrument: "text-house",
            contextTokens: 90,
            outputTokensMax: 90,
            features: ["seed"],
            lacks: ["presence-penalty", "blank-stop-sequences"],
          },
          { dialect: "chat-completions", instrument: "text-house", contextTokens: 90, outputTokensMax: 90 },
          {
            dialect: "messages",
            instrument: "text-prime",
            model: "n",
            status: "paused",
            runningMax: 7,
            lacks: ["presence-penalty"],
          },
          { dialect: "chat-completions", instrument: "text-prime", model: "n", status: "paused", runningMax: 7 },
        ],
      },
      { name: "away", status: "paused", offers: [{ instrument: "text-house", model: "m" }] },
    ]);
    expect(suppliers[1]?.offers[0]).not.toHaveProperty("features");
  });

  test("JSON, tabs and all", () => {
    const json = JSON.stringify(parse(small({ rest: "port: 1\n" })), null, "\t");
    expect(json).toContain("\t");
    expect(accepted(json)).toEqual(accepted(small({ rest: "port: 1\n" })));
  });

  test("an alias stands for what it names", () => {
    const text = small({ rest: "  - { name: other, baseUrl: http://o, dialect: messages, offers: *all }\n" });
    expect(accepted(text.replace("offers:\n", "offers: &all\n")).suppliers[1]?.offers[0]?.model).toBe("qwen");
  });

  test("the environment overrides it", () => {
    const env = { PORT: "1", HOST: "localhost", INTERCHANGE_DATA_DIR: "there" };
    const config = accepted(small({ rest: "port: 2\nhost: 0.0.0.0\ndataDir: here\n" }), env);
    expect(config).toMatchObject({ port: 1, host: "localhost", dataDir: join(cwd, "there") });
  });

  test("INTERCHANGE_CONFIG names another file, and its own directory is where its paths start", () => {
    const dir = mkdtempSync(join(cwd, "other-"));
    writeFileSync(join(dir, "mine.yaml"), small({ rest: "port: 3\ndataDir: ./data\n" }));
    const reading = read("port: wrong", { INTERCHANGE_CONFIG: join(dir, "mine.yaml") });
    expect(reading).toMatchObject({
      kind: "config",
      file: join(dir, "mine.yaml"),
      config: { port: 3, dataDir: join(dir, "data") },
    });
  });
});

describe("a wrong environment is refused", () => {
  const PORT = "PORT must be a whole number from 0 to 65535, not";
  const HOST = "HOST must be an IP address or localhost, not";

  test.each<[Env, string]>([
    [{ PORT: "abc" }, `${PORT} "abc" (environment)`],
    [{ PORT: "65536" }, `${PORT} "65536" (environment)`],
    [{ PORT: "-1" }, `${PORT} "-1" (environment)`],
    [{ PORT: "80.5" }, `${PORT} "80.5" (environment)`],
    [{ PORT: "0x50" }, `${PORT} "0x50" (environment)`],
    [{ HOST: "x86_64-linux-gnu" }, `${HOST} "x86_64-linux-gnu" (environment)`],
    [{ HOST: "256.0.0.1" }, `${HOST} "256.0.0.1" (environment)`],
    [
      { INTERCHANGE_DATABASE_URL: "mysql://user:pass@db/x" },
      "INTERCHANGE_DATABASE_URL must be a PostgreSQL address such as postgres://user@host:5432/name, or empty to keep the books in the data directory (environment)",
    ],
    [
      { INTERCHANGE_CONFIG: "nowhere.yaml" },
      "INTERCHANGE_CONFIG names nowhere.yaml, which cannot be read: there is no such file",
    ],
    [{ INTERCHANGE_CONFIG: "." }, "INTERCHANGE_CONFIG names ., which cannot be read: it is a directory"],
    [{ INTERCHANGE_CONFIG: "a\0b" }, "INTERCHANGE_CONFIG names a\0b, which cannot be read: ERR_INVALID_ARG_VALUE"],
  ])("%j", (env, want) => {
    expect(problems(undefined, env)).toEqual([want]);
  });

  test("a directory in the place of the usual file", () => {
    const dir = mkdtempSync(join(cwd, "odd-"));
    mkdirSync(join(dir, "interchange.config.yaml"));
    const want = { kind: "refused", problems: ["interchange.config.yaml cannot be read: it is a directory"] };
    expect(readConfig({ env: {}, cwd: dir })).toEqual(want);
  });

  test("all that is wrong with it and with the file is said at once", () => {
    expect(problems(small({ rest: "port: x\n" }), { PORT: "x", HOST: "x" })).toHaveLength(3);
  });
});

describe("a wrong file is refused", () => {
  const at = (line: number, column: number) => `(interchange.config.yaml:${line}:${column})`;
  const KNOWN =
    "known ones: name, baseUrl, dialect, credentialEnv, collectsData, paused, timeouts, lacks, quirks, offers";
  const NAME = "must be a name of at most 64 lower-case letters, digits, dots, underscores and hyphens";
  const CREDENTIAL = "must be the name of an environment variable in capitals, never the credential itself";
  const ORIGIN = "must be an http or https origin, such as https://api.example.com, without a path";
  const HOST = "must be a host name in lower case, without scheme, port or path";
  const row = (line: string) => small({ rest: `instruments:\n  - ${line}\n` });

  test.each<[string, string, string[]]>([
    // What is no configuration at all.
    ["nothing", "", [`The file is empty ${at(1, 1)}`]],
    ["comments alone", "# port: 1\n", [`The file is empty ${at(1, 1)}`]],
    ["a list", "- 1\n", [`The file must be an object, not a list ${at(1, 1)}`]],
    ["prose", "port 4000\n", [`The file must be an object, not "port 4000" ${at(1, 1)}`]],
    [
      "broken YAML",
      "port: 1\nhosts: [a\n",
      [
        `The file cannot be read as YAML: Flow sequence in block collection must be sufficiently indented and end with a ] ${at(3, 1)}`,
      ],
    ],
    [
      "a property given twice",
      `${small()}suppliers: []\n`,
      [`The file cannot be read as YAML: Map keys must be unique ${at(9, 1)}`],
    ],
    [
      "an alias of nothing",
      "port: *p\n",
      [`The file cannot be read as YAML: Unresolved alias (the anchor must be set before the alias): p ${at(1, 1)}`],
    ],
    [
      "a tag of another language",
      "port: !!python 1\n",
      [`The file cannot be read as YAML: Unresolved tag: tag:yaml.org,2002:python ${at(1, 7)}`],
    ],

    // Wrong types and values.
    [
      "a word in the place of a number",
      small().replace("150000", "cheap"),
      [`suppliers[0].offers[0].askMicrosPerUnit must be a whole number, not "cheap" ${at(8, 27)}`],
    ],
    [
      "a broken number",
      small().replace("150000", "1.5"),
      [`suppliers[0].offers[0].askMicrosPerUnit must be a whole number, not 1.5 ${at(8, 27)}`],
    ],
    [
      "a negative ask",
      small().replace("150000", "-1"),
      [`suppliers[0].offers[0].askMicrosPerUnit must be at least 0, not -1 ${at(8, 27)}`],
    ],
    [
      "an ask beyond exact numbers",
      small().replace("150000", "99999999999999999999"),
      [`suppliers[0].offers[0].askMicrosPerUnit must be at most 1000000000000, not 100000000000000000000 ${at(8, 27)}`],
    ],
    ["infinity", small({ rest: "port: .inf\n" }), [`port must be a whole number, not Infinity ${at(9, 7)}`]],
    ["a port out of range", small({ rest: "port: 65536\n" }), [`port must be at most 65535, not 65536 ${at(9, 7)}`]],
    ["a quoted number", small({ rest: 'port: "80"\n' }), [`port must be a whole number, not "80" ${at(9, 7)}`]],
    [
      "yes, which is a word in YAML 1.2",
      small({ rest: "strictHeaders: yes\n" }),
      [`strictHeaders must be true or false, not "yes" ${at(9, 16)}`],
    ],
    ["a property without a value", small({ rest: "limits:\n" }), [`limits must be an object, not null ${at(9, 8)}`]],
    [
      "a list in the place of an object",
      small({ rest: "hosts: [a]\n" }),
      [`hosts must be an object, not a list ${at(9, 8)}`],
    ],
    [
      "an object in the place of a list",
      "suppliers: { name: a }\n",
      [`suppliers must be a list, not an object ${at(1, 12)}`],
    ],
    [
      "a number in the place of a name",
      small().replace("local", "7"),
      [`suppliers[0].name must be a string, not 7 ${at(2, 11)}`],
    ],
    [
      "a ticket life too short",
      small({ rest: "ticketLifeMs: 999\n" }),
      [`ticketLifeMs must be at least 1000, not 999 ${at(9, 15)}`],
    ],
    [
      "a ticket life too long",
      small({ rest: "ticketLifeMs: 600001\n" }),
      [`ticketLifeMs must be at most 600000, not 600001 ${at(9, 15)}`],
    ],
    [
      "a body limit too small",
      small({ rest: "limits:\n  bodyBytesMax: 10\n" }),
      [`limits.bodyBytesMax must be at least 1024, not 10 ${at(10, 17)}`],
    ],
    [
      "a limit below nothing, and one of half a token",
      small({ rest: "limits:\n  runningMax: -1\n  tokensPerMinute: 0.5\n" }),
      [
        `limits.runningMax must be at least 0, not -1 ${at(10, 15)}`,
        `limits.tokensPerMinute must be a whole number, not 0.5 ${at(11, 20)}`,
      ],
    ],
    [
      "an instrument's limit of nothing",
      small({ rest: "instruments:\n  - name: text-prime\n    limits: { requestsPerMinute: 0, runningMax: 1 }\n" }),
      [`instruments[0].limits.requestsPerMinute must be at least 1, not 0 ${at(11, 34)}`],
    ],
    [
      "an instrument's limit misspelt",
      small({ rest: "instruments:\n  - name: text-prime\n    limits: { tokenPerMinute: 9 }\n" }),
      [`instruments[0].limits.tokenPerMinute is not a known property; did you mean tokensPerMinute? ${at(11, 15)}`],
    ],
    ["an empty data directory", small({ rest: "dataDir: ''\n" }), [`dataDir must not be empty ${at(9, 10)}`]],
    [
      "a host name to listen on",
      small({ rest: "host: example.com\n" }),
      [`host must be an IP address or localhost, not "example.com" ${at(9, 7)}`],
    ],
    [
      "an address that is none",
      small({ rest: "host: 1.2.3\n" }),
      [`host must be an IP address or localhost, not "1.2.3" ${at(9, 7)}`],
    ],
    [
      "a public URL with a path",
      small({ rest: "publicUrl: https://a/b\n" }),
      [`publicUrl ${ORIGIN}, not "https://a/b" ${at(9, 12)}`],
    ],
    [
      "a public URL of another scheme",
      small({ rest: "publicUrl: ftp://a\n" }),
      [`publicUrl ${ORIGIN}, not "ftp://a" ${at(9, 12)}`],
    ],
    [
      "a public URL that is none",
      small({ rest: "publicUrl: http://a:b\n" }),
      [`publicUrl must be a URL, not "http://a:b" ${at(9, 12)}`],
    ],
    [
      "a host with a port",
      small({ rest: "hosts: { messages: ['a:1'] }\n" }),
      [`hosts.messages[0] ${HOST}, not "a:1" ${at(9, 21)}`],
    ],
    [
      "a host given twice",
      small({ rest: "hosts: { messages: [a, b, a] }\n" }),
      [`hosts.messages has "a" twice ${at(9, 20)}`],
    ],

    // Unknown and missing properties.
    ["nothing but a port", "port: 1\n", [`suppliers is missing ${at(1, 1)}`]],
    ["no supplier", "suppliers: []\n", [`suppliers must have at least 1 entry ${at(1, 12)}`]],
    [
      "a misspelt property",
      `supliers: []\n${small()}`,
      [`supliers is not a known property; did you mean suppliers? ${at(1, 1)}`],
    ],
    [
      "a property spelt in another style",
      small({ rest: "limits: { body_bytes_max: 1024 }\n" }),
      [`limits.body_bytes_max is not a known property; did you mean bodyBytesMax? ${at(9, 11)}`],
    ],
    [
      "a property like no other",
      small({ supplier: "colour: red" }),
      [`suppliers[0].colour is not a known property; ${KNOWN} ${at(5, 5)}`],
    ],
    [
      "a surface spelt in another style",
      small({ rest: "hosts:\n  chatCompletions: [a]\n" }),
      [`hosts.chatCompletions is not a known property; did you mean chat-completions? ${at(10, 3)}`],
    ],
    [
      "a property that every object has",
      small({ rest: "__proto__: 1\n" }),
      [
        `__proto__ is not a known property; known ones: ${Object.keys(SCHEMA.properties).slice(1).join(", ")} ${at(9, 1)}`,
      ],
    ],
    [
      "a supplier of which nothing is said",
      "suppliers:\n  - {}\n",
      ["name", "baseUrl", "dialect", "offers"].map((property) => `suppliers[0].${property} is missing ${at(2, 5)}`),
    ],
    [
      "an offer of which nothing is said",
      small({ rest: "" }).replace(/- instrument[\s\S]*/, "- {}\n"),
      ["instrument", "model", "askMicrosPerUnit"].map(
        (property) => `suppliers[0].offers[0].${property} is missing ${at(6, 9)}`,
      ),
    ],

    // Suppliers.
    ["a name in capitals", small().replace("local", "Local"), [`suppliers[0].name ${NAME}, not "Local" ${at(2, 11)}`]],
    [
      "an unknown format",
      small().replace("chat-completions", "openai"),
      [`suppliers[0].dialect must be one of chat-completions, messages, not "openai" ${at(4, 14)}`],
    ],
    [
      "a misspelt format in a list",
      small().replace("chat-completions", "[messages, chat-completion]"),
      [
        `suppliers[0].dialect[1] must be one of chat-completions, messages, not "chat-completion"; did you mean chat-completions? ${at(4, 25)}`,
      ],
    ],
    [
      "no format",
      small().replace("chat-completions", "[]"),
      [`suppliers[0].dialect must have at least 1 entry ${at(4, 14)}`],
    ],
    [
      "a format of no kind",
      small().replace("chat-completions", "3"),
      [`suppliers[0].dialect must be a string or a list, not 3 ${at(4, 14)}`],
    ],
    [
      "a format twice",
      small().replace("chat-completions", "[messages, messages]"),
      [`suppliers[0].dialect has "messages" twice ${at(4, 14)}`],
    ],
    [
      "a base URL without a scheme",
      small().replace("http://127.0.0.1:8000", "localhost:8000"),
      [`suppliers[0].baseUrl must be an http or https URL without a query, not "localhost:8000" ${at(3, 14)}`],
    ],
    [
      "a base URL that is none",
      small().replace(":8000", ":port"),
      [`suppliers[0].baseUrl must be a URL, not "http://127.0.0.1:port" ${at(3, 14)}`],
    ],
    [
      "a base URL with a password, which is not shown",
      small().replace("127.0.0.1", "me:secret@127.0.0.1"),
      [`suppliers[0].baseUrl must have no user name or password in it; use credentialEnv ${at(3, 14)}`],
    ],
    ...[
      ["/v1/messages", "/v1/messages"],
      ["/v1/chat/completions/", "/v1/chat/completions"],
      ["/api/chat/completions", "/chat/completions"],
    ].map(([path = "", operation]): [string, string, string[]] => [
      `a base URL with the operation's own path: ${path}`,
      small().replace(":8000", `:8000${path}`),
      [`suppliers[0].baseUrl must end before ${operation}, which is added to it ${at(3, 14)}`],
    ]),
    [
      "a credential in the file, which is not shown",
      small({ supplier: "credentialEnv: sk-secret" }),
      [`suppliers[0].credentialEnv ${CREDENTIAL} ${at(5, 20)}`],
    ],
    [
      "a credential that is not set",
      small({ supplier: "credentialEnv: NO_KEY" }),
      [`suppliers[0].credentialEnv names the environment variable NO_KEY, which is not set ${at(5, 20)}`],
    ],
    [
      "a credential that is empty",
      small({ supplier: "credentialEnv: EMPTY_KEY" }),
      [`suppliers[0].credentialEnv names the environment variable EMPTY_KEY, which is not set ${at(5, 20)}`],
    ],
    [
      "a credential of two lines, which is not shown",
      small({ supplier: "credentialEnv: LONG_KEY" }),
      [
        `suppliers[0].credentialEnv names the environment variable LONG_KEY, whose value has characters that no header can carry ${at(5, 20)}`,
      ],
    ],
    [
      "a timeout of no time",
      small({ supplier: "timeouts: { idleMs: 0 }" }),
      [`suppliers[0].timeouts.idleMs must be at least 1, not 0 ${at(5, 25)}`],
    ],
    [
      "a lot of an instrument that is none",
      small({ rest: "accounts: [{ id: a, lots: [{ reference: r, instrument: text-primo, tokens: 1 }] }]\n" }),
      [`accounts[0].lots[0].instrument names no instrument: "text-primo"; did you mean text-prime? ${at(9, 56)}`],
    ],
    [
      "a lot of nothing",
      small({ rest: "accounts: [{ id: a, lots: [{ reference: r, instrument: text-prime, tokens: 0 }] }]\n" }),
      [`accounts[0].lots[0].tokens must be at least 1, not 0 ${at(9, 76)}`],
    ],
    [
      "an account's id used before",
      small({ rest: "accounts: [{ id: a, lots: [] }, { id: a, lots: [] }]\n" }),
      [`accounts[1].id is "a", which accounts[0] has already ${at(9, 39)}`],
    ],
    [
      "a supplier's name used before",
      small({ rest: small().slice("suppliers:\n".length) }),
      [`suppliers[1].name is "local", which suppliers[0] has already ${at(9, 11)}`],
    ],

    // Offers.
    [
      "an unknown instrument",
      small().replace("text-prime", "text-primo"),
      [`suppliers[0].offers[0].instrument names no instrument: "text-primo"; did you mean text-prime? ${at(6, 21)}`],
    ],
    [
      "an instrument like no other",
      small().replace("text-prime", "gpt"),
      [
        `suppliers[0].offers[0].instrument names no instrument: "gpt"; known ones: ${readCatalogue()
          .instruments.map(({ name }) => name)
          .join(", ")} ${at(6, 21)}`,
      ],
    ],
    [
      "an instrument offered before, in another case",
      small({ rest: "      - { instrument: TEXT-Prime, model: b, askMicrosPerUnit: 1 }\n" }),
      [`suppliers[0].offers[1].instrument is "TEXT-Prime", which suppliers[0].offers[0] has already ${at(9, 23)}`],
    ],
    [
      "an unknown feature",
      small({ offer: "features: [tool]" }),
      [
        `suppliers[0].offers[0].features[0] must be one of ${FEATURES.join(", ")}, not "tool"; did you mean tools? ${at(9, 20)}`,
      ],
    ],
    [
      "an ask beyond the ceiling of its instrument",
      small({ rest: "instruments: [{ name: text-prime, askMicrosPerUnitMax: 149999 }]\n" }),
      [
        `suppliers[0].offers[0].askMicrosPerUnit must be at most the askMicrosPerUnitMax of text-prime, 149999, not 150000 ${at(8, 27)}`,
      ],
    ],
    [
      "room for nobody",
      small({ offer: "runningMax: 0" }),
      [`suppliers[0].offers[0].runningMax must be at least 1, not 0 ${at(9, 21)}`],
    ],
    [
      "a word for whether it collects data",
      small({ supplier: "collectsData: never" }),
      [`suppliers[0].collectsData must be true or false, not "never" ${at(5, 19)}`],
    ],
    [
      "a probe that is waited for longer than anybody else",
      small({ rest: "routing: { fallbackAfterMs: 900, probeAfterMs: 901 }\n" }),
      [`routing.probeAfterMs must be at most the fallbackAfterMs of 900, not 901 ${at(9, 48)}`],
    ],
    [
      "hedging that comes too late, and has nobody to ask",
      small({ rest: "routing:\n  attemptsMax: 1\n  hedging: { afterMs: 30000, budgetPercent: 100 }\n" }),
      [
        `routing.attemptsMax must be at least 2 where there is hedging, not 1 ${at(10, 16)}`,
        `routing.hedging.afterMs must be less than the fallbackAfterMs of 30000, not 30000 ${at(11, 23)}`,
      ],
    ],
    [
      "hedging without a budget",
      small({ rest: "routing: { hedging: { afterMs: 5 } }\n" }),
      [`routing.hedging.budgetPercent is missing ${at(9, 21)}`],
    ],
    [
      "a budget beyond all requests",
      small({ rest: "routing: { hedging: { afterMs: 5, budgetPercent: 101 } }\n" }),
      [`routing.hedging.budgetPercent must be at most 100, not 101 ${at(9, 50)}`],
    ],
    [
      "an unknown feature that it lacks",
      small({ offer: "lacks: [presence-penalt]" }),
      [
        `suppliers[0].offers[0].lacks[0] must be one of ${FEATURES.join(", ")}, not "presence-penalt"; did you mean presence-penalty? ${at(9, 17)}`,
      ],
    ],
    [
      "a feature that it has and lacks",
      small({ offer: "features: [seed, tools]\n        lacks: [presence-penalty, tools]" }),
      [`suppliers[0].offers[0].lacks[1] is "tools", which suppliers[0].offers[0].features[1] offers ${at(10, 35)}`],
    ],
    [
      "an unknown quirk",
      small({ supplier: "quirks: { developer_role: false }" }),
      [`suppliers[0].quirks.developer_role is not a known property; did you mean developerRole? ${at(5, 15)}`],
    ],
    [
      "a quirk of the wrong type",
      small({ supplier: "quirks: { developerRole: system }" }),
      [`suppliers[0].quirks.developerRole must be true or false, not "system" ${at(5, 30)}`],
    ],
    [
      "a quirk of no known kind",
      small({ supplier: "quirks: { content: txt }" }),
      [`suppliers[0].quirks.content must be one of parts, text, not "txt"; did you mean text? ${at(5, 24)}`],
    ],
    [
      "ids that are longer than they may be",
      small({ supplier: "quirks: { toolIds: { alphabet: word, charsMin: 9, charsMax: 8 } }" }),
      [`suppliers[0].quirks.toolIds.charsMin is 9, which is over charsMax, 8 ${at(5, 52)}`],
    ],
    [
      "quirks of a format that it does not speak",
      small({ supplier: "quirks: { systemTurns: false, thinking: budget, content: text }" }),
      [
        `suppliers[0].quirks.systemTurns belongs to the messages format, which this supplier does not speak ${at(5, 15)}`,
        `suppliers[0].quirks.thinking belongs to the messages format, which this supplier does not speak ${at(5, 35)}`,
      ],
    ],
    [
      "a quirk of Chat Completions where only Messages is spoken",
      small({ supplier: "quirks: { efforts: [low], developerRole: false }" }).replace("chat-completions", "messages"),
      [
        `suppliers[0].quirks.developerRole belongs to the chat-completions format, which this supplier does not speak ${at(5, 31)}`,
      ],
    ],
    [
      "half a rule for tool ids",
      small({ supplier: "quirks: { toolIds: { alphabet: word } }" }),
      [`suppliers[0].quirks.toolIds.charsMax is missing ${at(5, 24)}`],
    ],
    [
      "an effort that does not exist",
      small({ supplier: "quirks: { efforts: [low, extreme] }" }),
      [
        `suppliers[0].quirks.efforts[1] must be one of none, minimal, low, medium, high, xhigh, max, not "extreme" ${at(5, 30)}`,
      ],
    ],
    [
      "answers longer than its own context",
      small({ offer: "contextTokens: 10\n        outputTokensMax: 11" }),
      [`suppliers[0].offers[0].outputTokensMax must be at most the context of 10 tokens, not 11 ${at(10, 26)}`],
    ],
    [
      "answers longer than the instrument's context",
      small({ offer: "outputTokensMax: 128001" }),
      [`suppliers[0].offers[0].outputTokensMax must be at most the context of 128000 tokens, not 128001 ${at(9, 26)}`],
    ],
    [
      "a context of nothing",
      small({ offer: "contextTokens: 0" }),
      [`suppliers[0].offers[0].contextTokens must be at least 1, not 0 ${at(9, 24)}`],
    ],
    ["an empty model", small().replace("qwen", "''"), [`suppliers[0].offers[0].model must not be empty ${at(7, 16)}`]],
    [
      "an endless model",
      small().replace("qwen", "q".repeat(257)),
      [`suppliers[0].offers[0].model must have at most 256 characters ${at(7, 16)}`],
    ],

    // Instruments and hosts.
    [
      "a new instrument that says too little",
      row("{ name: text-house, tier: max }"),
      ["description", "contextTokens", "outputTokensMax"].map(
        (property) =>
          `instruments[0].${property} is missing, and text-house is not in the catalogue that it could come from ${at(10, 5)}`,
      ),
    ],
    ["an instrument without a name", row("tier: max"), [`instruments[0].name is missing ${at(10, 5)}`]],
    [
      "an unknown tier",
      row("{ name: text-max, tier: maximum }"),
      [`instruments[0].tier must be one of standard, prime, max, not "maximum" ${at(10, 29)}`],
    ],
    [
      "an instrument given twice",
      row("name: text-max\n  - name: text-max"),
      [`instruments[1].name is "text-max", which instruments[0] has already ${at(11, 11)}`],
    ],
    [
      "answers longer than the catalogue's context",
      row("{ name: text-prime, outputTokensMax: 128001 }"),
      [`instruments[0].outputTokensMax must be at most the context of 128000 tokens, not 128001 ${at(10, 42)}`],
    ],
    [
      "a context shorter than the catalogue's answers",
      row("{ name: text-prime, contextTokens: 100 }"),
      [`instruments[0].outputTokensMax must be at most the context of 100 tokens, not 30000 ${at(10, 5)}`],
    ],
    [
      "a host of two surfaces",
      small({ rest: "hosts:\n  messages: [b, a]\n  chat-completions: [a]\n" }),
      [`hosts.messages[1] is "a", which is a host of chat-completions already; a host has one surface ${at(10, 17)}`],
    ],
  ])("%s", (_, text, want) => {
    expect(problems(text, { EMPTY_KEY: " ", LONG_KEY: "a\nsecret" })).toEqual(want);
  });

  test("everything that is wrong is said at once, in the order of the lines", () => {
    const text = small({ rest: "ticketLifeMs: 1\n" }).replace("local", "LOCAL").replace("qwen", "''");
    expect(problems(text).map((problem) => problem.split(" ")[0])).toEqual([
      "suppliers[0].name",
      "suppliers[0].offers[0].model",
      "ticketLifeMs",
    ]);
  });

  test("a file elsewhere is named by its whole path", () => {
    const dir = mkdtempSync(join(tmpdir(), "interchange-config-"));
    const file = join(dir, "mine.yaml");
    writeFileSync(file, "port: 1");
    expect(problems(undefined, { INTERCHANGE_CONFIG: file })).toEqual([`suppliers is missing (${file}:1:1)`]);
    rmSync(dir, { recursive: true });
  });
});

describe("the published schema", () => {
  const nodes = function* (schema: unknown, path = "#"): Generator<[string, Record<string, unknown>]> {
    if (typeof schema !== "object" || schema === null) return;
    yield [path, schema as Record<string, unknown>];
    for (const [key, value] of Object.entries(schema)) yield* nodes(value, `${path}/${key}`);
  };
  const described = [...nodes(SCHEMA)].filter(([path]) => /\/(properties|\$defs)\/[^/]+$/.test(path));

  test("every property is described", () => {
    expect(described.length).toBeGreaterThan(40);
    expect(described.filter(([, schema]) => typeof schema["description"] !== "string").map(([path]) => path)).toEqual(
      [],
    );
  });

  test("every pattern has a sentence", () => {
    const patterns = [...nodes(SCHEMA)].filter(([, schema]) => typeof schema["pattern"] === "string");
    const dumb = patterns.filter(([, schema]) => !String(schema["patternErrorMessage"]).startsWith("must be "));
    expect(patterns.length).toBeGreaterThan(4);
    expect(dumb.map(([path]) => path)).toEqual([]);
  });

  test("every object is closed", () => {
    const objects = [...nodes(SCHEMA)].filter(([, schema]) => schema["type"] === "object");
    const open = objects.filter(([, schema]) => schema["additionalProperties"] !== false);
    expect(objects.length).toBeGreaterThan(5);
    expect(open.map(([path]) => path)).toEqual([]);
  });

  test("it says the defaults that the gateway has", () => {
    const defaults = (path: string) => {
      const properties = Object.entries(described.find(([at]) => at === path)?.[1]["properties"] ?? {});
      return Object.fromEntries(
        properties.flatMap(([name, { default: value }]) => (value === undefined ? [] : [[name, value]])),
      );
    };
    const { properties } = SCHEMA;
    const top = Object.keys(DEFAULTS).map((name) => [name, properties[name].default]);
    expect(Object.fromEntries(top)).toEqual(DEFAULTS);
    expect(defaults("#/properties/limits")).toEqual(DEFAULT_LIMITS);
    expect(defaults("#/properties/routing")).toEqual(DEFAULT_ROUTING);
    expect(defaults("#/$defs/supplier/properties/timeouts")).toEqual(DEFAULT_TIMEOUTS);
  });

  test("it says of every quirk whose it is, as it is held to", () => {
    const said = (name: string) =>
      /^(Chat Completions|Messages|Either format): /.exec(SCHEMA.$defs.quirks.properties[name].description)?.[1];
    const words = { "chat-completions": "Chat Completions", messages: "Messages", either: "Either format" };
    const names = Object.keys(SCHEMA.$defs.quirks.properties);
    expect(names.toSorted()).toEqual(Object.keys(QUIRK_FORMATS).toSorted());
    for (const [name, format] of Object.entries(QUIRK_FORMATS))
      expect([name, said(name)]).toEqual([name, words[format]]);
  });

  test("it knows the features and the formats that there are", () => {
    expect(SCHEMA.$defs.features.items.enum).toEqual(FEATURES);
    expect(SCHEMA.$defs.dialect.enum).toEqual(FORMATS);
    expect(Object.keys(SCHEMA.properties.hosts.properties)).toEqual(FORMATS);
  });
});

/** What is the operator's to say of an instrument, and not the catalogue's. */
const OPERATORS_OWN: ReadonlySet<string> = new Set(["askMicrosPerUnitMax", "priceMicrosPerUnit", "limits"]);

describe("the built-in catalogue", () => {
  const { version, instruments } = readCatalogue();

  test("every row is whole and valid", () => {
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    const schema = { $defs: SCHEMA.$defs, type: "array", items: { $ref: "#/$defs/instrument" } };
    ajv.validate(schema, instruments);
    expect(ajv.errors ?? []).toEqual([]);
    for (const instrument of instruments) {
      const said = Object.keys(SCHEMA.$defs.instrument.properties).filter((name) => !OPERATORS_OWN.has(name));
      expect(Object.keys(instrument).sort()).toEqual(said.sort());
      expect(instrument.outputTokensMax).toBeLessThanOrEqual(instrument.contextTokens);
      expect(instrument.features.includes("image")).toBe(instrument.modalities.includes("image"));
    }
    expect(version).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect(new Date(version).toISOString()).toContain(version);
  });

  test("it has every instrument of the market, with its sizes", () => {
    const sizes = instruments.map((i) => [i.name, i.tier, i.contextTokens, i.outputTokensMax, i.modalities.join("+")]);
    expect(sizes).toEqual([
      ["text-standard", "standard", 128_000, 16_000, "text"],
      ["text-prime", "prime", 128_000, 30_000, "text"],
      ["text-max", "max", 1_000_000, 128_000, "text+image"],
      ["code-standard", "standard", 128_000, 16_000, "text"],
      ["code-prime", "prime", 128_000, 64_000, "text"],
      ["code-max", "max", 1_000_000, 128_000, "text+image"],
      ["agent-standard", "standard", 128_000, 16_000, "text"],
      ["agent-prime", "prime", 128_000, 64_000, "text"],
      ["agent-max", "max", 1_000_000, 128_000, "text+image"],
      ["vision-standard", "standard", 128_000, 16_000, "text+image"],
    ]);
    expect(instruments.slice(0, 3).map(({ floors }) => floors)).toEqual([
      { qualityMin: 18, tokensPerSecondMin: 100, firstTokenMsMax: 1_320 },
      { qualityMin: 38, tokensPerSecondMin: 40, firstTokenMsMax: 4_620 },
      { qualityMin: 53, tokensPerSecondMin: 30, firstTokenMsMax: 3_500 },
    ]);
  });
});

describe("the example", () => {
  const text = readFileSync(new URL("interchange.config.example.yaml", ROOT), "utf8");
  const env = { OPENAI_API_KEY: "o", ANTHROPIC_API_KEY: "a" };

  test("it is accepted once its credentials are set, and shows every kind of supplier", () => {
    const config = accepted(text, env);
    expect(config.suppliers.map(({ name, credential }) => [name, credential])).toEqual([
      ["vllm", undefined],
      ["llama-cpp", undefined],
      ["ollama", undefined],
      ["openai", "o"],
      ["anthropic", "a"],
    ]);
  });

  test("without them it says which are missing", () => {
    expect(problems(text).map((problem) => problem.match(/variable (\w+), which is not set/)?.[1])).toEqual(
      Object.keys(env),
    );
  });

  test("what it leaves in comments is right too", () => {
    const uncommented = text.replaceAll(/^# (publicUrl|hosts| {2}(?:chat-completions|messages))/gm, "$1");
    expect(accepted(uncommented, env)).toMatchObject({
      publicUrl: "https://api.example.com",
      hosts: { "chat-completions": ["api.example.com"], messages: ["messages-beta.api.example.com"] },
    });
  });

  test("a copy of it survives being written by a machine", () => {
    expect(accepted(stringify(parse(text)), env)).toEqual(accepted(text, env));
  });
});
