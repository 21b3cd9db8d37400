/** How words of the contract are spelled as names in TypeScript. */

/** `chat-completions` → `ChatCompletions`, `createMessage` → `CreateMessage`. */
export const pascal = (words: string): string =>
  words.replace(/(?:^|[-_])([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** `chat-completions` → `chatCompletions`. */
export const camel = (words: string): string => pascal(words).replace(/^./, (letter) => letter.toLowerCase());

/** A property name: bare where TypeScript allows it, else in quotes. */
export const key = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));
