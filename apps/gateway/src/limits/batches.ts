/** Batches: what is added to one name while a statement of it is under way is added together by the next. */
import type { Count } from "./counter.ts";

type Add = (name: string, points: number) => Promise<Count>;

interface Waiting {
  readonly points: number;
  readonly done: PromiseWithResolvers<Count>;
}

/**
 * A name that many ask for at once is one row, which a database changes for one after the other: without this the last of
 * them would wait for all. Each is told what stood there after its own points.
 */
export function inBatches(add: Add): Add {
  /** Who waits for a name; there is a list for as long as a statement of it is under way. */
  const lines = new Map<string, Waiting[]>();
  const send = async (name: string, batch: readonly Waiting[]): Promise<void> => {
    await addTogether(add, name, batch);
    const next = lines.get(name) ?? [];
    if (next.length === 0) {
      lines.delete(name);
      return;
    }
    lines.set(name, []);
    void send(name, next);
  };
  return (name, points) => {
    const waiting = { points, done: Promise.withResolvers<Count>() };
    const line = lines.get(name);
    if (line === undefined) {
      lines.set(name, []);
      void send(name, [waiting]);
    } else line.push(waiting);
    return waiting.done.promise;
  };
}

async function addTogether(add: Add, name: string, batch: readonly Waiting[]): Promise<void> {
  const sum = batch.reduce((total, { points }) => total + points, 0);
  try {
    const count = await add(name, sum);
    let counted = count.counted - sum;
    for (const { points, done } of batch) {
      counted += points;
      done.resolve({ ...count, counted });
    }
  } catch (error) {
    for (const { done } of batch) done.reject(error);
  }
}
