/** The simulator as a process: PORT (4010), HOST (127.0.0.1), SUPPLIER_SIM_CONFIG (a file), SUPPLIER_SIM_CREDENTIAL. */
import { type Supplier, startSupplier } from "./server.ts";
import { readSettingsFile, type Settings } from "./settings.ts";

const portDefault = 4010;

async function main(): Promise<void> {
  const port = Number(process.env.PORT || portDefault);
  const supplier = await startSupplier({
    port,
    host: process.env.HOST || "127.0.0.1",
    config: settingsOf(process.env),
  });
  stopWithParent(supplier);
  console.log(`supplier-sim is ready at ${supplier.url}`);
  process.send?.({ ready: true, url: supplier.url });
}

/** Records are of use only to those who can ask for them. */
function settingsOf(env: NodeJS.ProcessEnv): Partial<Settings> {
  const settings: Partial<Settings> = env.SUPPLIER_SIM_CONFIG ? readSettingsFile(env.SUPPLIER_SIM_CONFIG) : {};
  const credential = env.SUPPLIER_SIM_CREDENTIAL ? { credential: env.SUPPLIER_SIM_CREDENTIAL } : {};
  return { ...settings, ...credential, ...(settings.control === true ? {} : { recordMax: 0 }) };
}

/** A child leaves when its parent does; Ctrl-C reaches both at once, and then the parent decides when. */
function stopWithParent(supplier: Supplier): void {
  const stop = (): void => {
    void supplier.close().then(() => process.exit(0));
  };
  process.once("SIGTERM", stop);
  process.once("disconnect", stop);
  process.on("SIGINT", () => {
    if (process.channel === undefined) stop();
  });
}

main().catch((error: unknown) => {
  console.error(`supplier-sim cannot start: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
