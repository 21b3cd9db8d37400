/** Whether anything listens where the gateway should. */
import { check, failed, ok } from "../check.ts";
import { given } from "../found.ts";

export const port = check({
  id: "port",
  title: "Port answers",
  needs: ["host-name"],
  exit: 3,
  faults: {
    "nothing-listens": {
      sees: "ECONNREFUSED or “connection refused”.",
      remedy: "Start the gateway (npm start), or correct the port in the base URL.",
    },
    "port-silent": {
      sees: "The connection hangs and then times out.",
      remedy: "Look for a firewall in between, and whether the host is the right one.",
    },
  },
  async run({ network, patienceMs }, found) {
    const { place } = given(found, "target");
    const where = `${place.host} port ${place.port}`;
    const door = await network.connect(place, patienceMs);
    if (door.kind === "open") return ok(where);
    if (door.code === "ECONNREFUSED") return failed("nothing-listens", `Nothing listens on ${where}.`);
    return failed("port-silent", `Nothing answers on ${where} (${door.code}).`);
  },
});
