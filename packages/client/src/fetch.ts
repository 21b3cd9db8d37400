/** The fetch that a client sends with. */

/** A fetch as openapi-fetch calls it. */
export type Fetch = (request: Request) => Promise<Response>;
