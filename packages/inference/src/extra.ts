/** What one dialect alone knows, kept beside the words so that the same dialect can write it back. */

/** Dialect name → wire properties that have no word of ours. Other dialects leave them out. */
export type Extra = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
