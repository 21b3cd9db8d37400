/** How deep a value may be nested that is said to anybody. */

/**
 * Levels of arrays and objects within each other. No request of this world has fifty; many suppliers' readers end before a
 * thousand, and our own writer of JSON can be brought to end before five thousand (names that are numbers make it recurse).
 */
export const LEVELS_MAX = 500;
