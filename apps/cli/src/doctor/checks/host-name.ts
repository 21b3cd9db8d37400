/** Whether the host's name leads to an address. */
import { isIP } from "node:net";
import { check, failed, ok } from "../check.ts";
import { given } from "../found.ts";

export const hostName = check({
  id: "host-name",
  title: "Name resolves",
  needs: ["base-url"],
  exit: 3,
  faults: {
    "name-unknown": {
      sees: "ENOTFOUND, EAI_AGAIN or “could not resolve host”.",
      remedy: "Correct the host in the base URL; if it is right, look at this machine's name service or VPN.",
    },
  },
  async run({ network }, found) {
    const { host } = given(found, "target").place;
    if (isIP(host) !== 0) return ok("it is an address");
    const resolved = await network.resolve(host);
    if (resolved.kind === "addresses") return ok(resolved.addresses.join(", "));
    const how = resolved.code === "EAI_AGAIN" ? "could not be looked up" : "is not known";
    return failed("name-unknown", `The name ${host} ${how} (${resolved.code}).`);
  },
});
