/** Builds the site into `dist/`: the references, the guides, the decisions and the page that leads to them. */
import { writeSite } from "./src/site.ts";

await writeSite(new URL("dist/", import.meta.url));
