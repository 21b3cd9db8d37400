/** The journal: append-only double entry in tokens, from which every balance can be derived. */

/** Where tokens stand. `deposited` is where they come from, so its sum is the negative of all deposits. */
export type Book = "deposited" | "available" | "held" | "used" | "lapsed";

/** What moved them. The entries of one movement with one reference add up to zero. */
export type Movement = "deposit" | "hold" | "settle" | "release" | "expire" | "lapse";

/** One side of a movement. The reference is the request's id, or the lot's for `deposit` and `lapse`. */
export type Entry = { book: Book; tokens: number };
