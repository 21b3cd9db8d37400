/** `GET /v1/models` and `/v1/models/{id}` (Anthropic API reference, "Models"). */

export function writeModels(names: readonly string[]): object {
  return { data: names.map(writeModel), has_more: false, first_id: names[0] ?? null, last_id: names.at(-1) ?? null };
}

export function writeModel(name: string): object {
  return { type: "model", id: name, display_name: name, created_at: "2026-01-01T00:00:00Z" };
}
