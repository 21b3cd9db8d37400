import { mergeConfig } from "vitest/config";
import base from "./vitest.config.ts";
export default { ...base, test: { ...base.test, maxWorkers: 2, include: ["apps/gateway/test/conformance/*.test.ts", "packages/ledger/test/lot.test.ts"] } };
