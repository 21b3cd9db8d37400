/** A word that the contract does not know yet. */

/**
 * A text that is none of the words which the contract knows in its place. TypeScript has no type for that; a member of an
 * enum comes closest, for it is a text and equals no other literal. So comparing with a known word tells the members of a
 * union apart: `block.type === "text"` leaves the text block alone. To write such a word, say `word as OtherWord`.
 */
export declare enum OtherWord {
  any = "",
}
