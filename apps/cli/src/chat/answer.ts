/** An answer while it comes, the same from either surface. */

export interface Answer {
  readonly requestId: string | undefined;
  readonly supplier: string | undefined;
  /** Why that supplier. */
  readonly reason: string | undefined;
  /** Its text, piece by piece; all at once where nothing is streamed. */
  readonly text: AsyncIterable<string>;
  /** The whole answer, as the surface's document has it. */
  whole(): Promise<object>;
}

/** What the headers of an answer say of it. */
export function headersOf({ headers }: Response): Pick<Answer, "requestId" | "supplier" | "reason"> {
  return {
    requestId: headers.get("x-request-id") ?? undefined,
    supplier: headers.get("x-interchange-supplier") ?? undefined,
    reason: headers.get("x-interchange-route") ?? undefined,
  };
}

export async function* once(text: string): AsyncGenerator<string> {
  yield text;
}
