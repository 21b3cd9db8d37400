/** Headers that the format demands. https://platform.openai.com/docs/api-reference/authentication */

export const PATH = "/v1/chat/completions";

export function writeHeaders(credential: string | undefined): Record<string, string> {
  return credential === undefined ? {} : { authorization: `Bearer ${credential}` };
}
