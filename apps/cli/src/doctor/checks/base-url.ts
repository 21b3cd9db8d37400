/** Whether the base URL is written as clients want it. */
import { check, failed, ok, warning } from "../check.ts";
import { type Mend, readTarget, wellWritten } from "../target.ts";

export const baseUrl = check({
  id: "base-url",
  title: "Base URL is well written",
  needs: [],
  exit: 2,
  faults: {
    "base-url-missing": {
      sees: "No command knows where to ask.",
      remedy: "Give --url, set INTERCHANGE_URL, or run interchange login.",
    },
    "base-url-unreadable": {
      sees: "Clients say that the URL is invalid.",
      remedy: "Write scheme, host and port, such as http://localhost:4000.",
    },
    "scheme-unknown": {
      sees: "Clients refuse the URL before anything is sent.",
      remedy: "Write https:// or http:// in front; streams are HTTP too, not ws://.",
    },
    "scheme-missing": {
      sees: "Clients refuse the URL, or take the host's name for a scheme.",
      remedy: "Write https:// in front, or http:// on your own machine.",
    },
    "v1-doubled": {
      sees: "404 on /v1/v1/…, since the SDK adds a /v1 to the one that was given.",
      remedy: "Give OpenAI's SDK one /v1 at the end of its base URL, Anthropic's and this command none.",
    },
    "operation-in-url": {
      sees: "404 on a path that is there twice, such as /v1/messages/v1/messages.",
      remedy: "End the base URL before the operation: clients add its path themselves.",
    },
    "query-in-url": {
      sees: "404, or a path that ends up behind a question mark.",
      remedy: "Leave out everything from ? or # on.",
    },
    "credentials-in-url": {
      sees: "fetch refuses a URL with a name or password in it, and others log them.",
      remedy: "Take them out of the URL; the key goes into a header.",
    },
  },
  async run({ baseUrl: text }) {
    if (text === undefined || text.trim() === "") return failed("base-url-missing", "No base URL is given.");
    const reading = readTarget(text);
    if (reading.kind === "unreadable") return failed("base-url-unreadable", "The base URL is no URL.");
    if (reading.kind === "scheme-unknown") {
      return failed("scheme-unknown", `The base URL begins with ${reading.scheme}://, which is not asked over HTTP.`);
    }
    const { target, mends } = reading;
    const [first] = mends;
    if (first === undefined) return ok(wellWritten(target), { target });
    const faults = mends.map((mend) => WORDS[mend]).join(" and ");
    return warning(first, `The base URL ${faults}. It is read as ${wellWritten(target)}.`, { target });
  },
});

const WORDS: Readonly<Record<Mend, string>> = {
  "scheme-missing": "has no scheme",
  "v1-doubled": "has /v1 twice",
  "operation-in-url": "goes on past /v1",
  "query-in-url": "has a query or a fragment",
  "credentials-in-url": "has a name or a password in it",
};
