/** A payment provider over real HTTP that does as it is told, and the port that speaks to it. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { Charge, ChargeOutcome, Payments } from "../src/buying/index.ts";

/**
 * `pay` once and answer; `decline`; `pay-and-die`: the connection is gone before the answer; `die` before anything is
 * charged; `hang`: charged, and never answered; a number: pay after so many ms.
 */
export type Manner = "pay" | "decline" | "pay-and-die" | "die" | "hang" | number;

export interface PaymentProvider {
  readonly url: string;
  /** What was charged, by reference. */
  readonly charged: ReadonlyMap<string, Charge>;
  /** Every charge that was asked for, in its order. */
  readonly asked: readonly Charge[];
  /** How the next are treated; the last manner stays. */
  behave(...manners: Manner[]): void;
  close(): Promise<void>;
}

export async function startPaymentProvider(...first: Manner[]): Promise<PaymentProvider> {
  const charged = new Map<string, Charge>();
  const asked: Charge[] = [];
  let manners: Manner[] = first;
  const server = createServer(async (req: IncomingMessage, res: ServerResponse) => {
    const charge = JSON.parse(await text(req)) as Charge;
    asked.push(charge);
    const manner = (manners.length > 1 ? manners.shift() : manners[0]) ?? "pay";
    if (manner === "die") return void res.destroy();
    if (manner === "decline") return answer(res, { kind: "declined", problem: "The card has expired." });
    if (typeof manner === "number") await new Promise((resolve) => setTimeout(resolve, manner));
    if (!charged.has(charge.reference)) charged.set(charge.reference, charge);
    if (manner === "pay-and-die") return void res.destroy();
    if (manner !== "hang") answer(res, { kind: "paid", payment: `pay_${charge.reference}` });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    charged,
    asked,
    behave: (...next) => {
      manners = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(res: ServerResponse, outcome: ChargeOutcome): void {
  res.setHeader("content-type", "application/json").end(JSON.stringify(outcome));
}

/** The port to it. A credential is sent along, as to any provider, and must show up nowhere else. */
export function paymentsAt(url: string): Payments {
  return {
    owed: false,
    async charge(charge) {
      const headers = { authorization: `Bearer ${PAYMENT_SECRET}`, "content-type": "application/json" };
      const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(charge) }).catch((cause) => {
        throw Object.assign(new Error("the payment provider cannot be reached", { cause }), { headers });
      });
      return (await response.json()) as ChargeOutcome;
    },
  };
}

export const PAYMENT_SECRET = "sk_payments_5ecret";
