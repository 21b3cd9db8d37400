/** Buying: tokens for credits and credits for payments, without anybody asking. */
export { type Buyer, createBuyer } from "./buyer.ts";
export { holdBuying } from "./hold.ts";
export { type Charge, type ChargeOutcome, invoices, type Payments } from "./payments.ts";
export { priceOf } from "./price.ts";
export { putStandingOrders } from "./standing-orders.ts";
