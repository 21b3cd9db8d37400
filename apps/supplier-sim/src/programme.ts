/** What has been programmed for the requests that follow. */
import type { Directives } from "./directive.ts";

export type Programme = {
  /** From now on; `times`: for so many requests, then nothing is programmed any more. */
  readonly set: (directives: Directives, times?: number) => void;
  /** The directives for one request, which is then counted. */
  readonly take: () => Directives;
};

export function createProgramme(): Programme {
  let directives: Directives = {};
  let left = Number.POSITIVE_INFINITY;
  return {
    set: (next, times = Number.POSITIVE_INFINITY) => {
      directives = next;
      left = times;
    },
    take: () => {
      if (left <= 0) return {};
      left -= 1;
      return directives;
    },
  };
}
