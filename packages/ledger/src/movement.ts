/** The journal: append-only double entry in tokens, from which every balance can be derived. */

/** Where tokens stand. `deposited` is where they come from, so its sum is the negative of all deposits. */
export type Book = "deposited" | "available" | "held" | "used" | "lapsed";

export const BOOKS = ["deposited", "available", "held", "used", "lapsed"] as const satisfies readonly Book[];

/** What moved tokens from book to book. Its reference is the request's id, or the lot's for `deposit` and `lapse`. */
export type MovementKind = "deposit" | "hold" | "settle" | "release" | "expire" | "lapse";

/** What a movement adds to each book; all together are zero. */
export type Amounts = Partial<Record<Book, number>>;
