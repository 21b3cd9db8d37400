/** Headers that the format demands. https://docs.anthropic.com/en/api/versioning */

export const PATH = "/v1/messages";

export function writeHeaders(credential: string | undefined): Record<string, string> {
  return { "anthropic-version": "2023-06-01", ...(credential === undefined ? {} : { "x-api-key": credential }) };
}
