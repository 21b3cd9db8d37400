/** `GET /v1/models` and `/v1/models/{id}` (OpenAI API reference, "Models"). */

export function writeModels(names: readonly string[]): object {
  return { object: "list", data: names.map(writeModel) };
}

export function writeModel(name: string): object {
  return { id: name, object: "model", created: 1_767_225_600, owned_by: "supplier-sim" };
}
