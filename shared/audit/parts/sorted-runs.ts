/** Keeps texts outside of memory: each run is written once and can be read line by line as often as one likes. */
export type Spill = (lines: Iterable<string>) => Promise<() => AsyncIterable<string>>;

/** Things in order, more of them than memory holds. */
export interface SortedRuns<T> {
  readonly add: (things: Iterable<T>) => Promise<void>;
  readonly size: () => number;
  /** Everything that was added, in order; what is equal in the order in which it was added. */
  readonly all: () => AsyncGenerator<T>;
}

/**
 * Sorts more than memory holds: beyond `most` things a sorted run of them is written away, and runs are merged while they are
 * read. Things have to be plain data.
 */
export function sortedRuns<T>(
  compare: (a: T, b: T) => number,
  parse: (line: string) => T,
  { spill, most }: { readonly spill: Spill; readonly most: number },
): SortedRuns<T> {
  const runs: (() => AsyncIterable<string>)[] = [];
  let held: T[] = [];
  let size = 0;
  return {
    add: async (things) => {
      for (const thing of things) {
        held.push(thing);
        size += 1;
      }
      if (held.length <= most) return;
      const run = held.sort(compare);
      held = [];
      runs.push(await spill(linesOf(run)));
    },
    size: () => size,
    all: async function* () {
      const inMemory = held.toSorted(compare);
      if (runs.length === 0) yield* inMemory;
      else yield* merged([...runs.map((run) => parsed(run(), parse)), each(inMemory)], compare);
    },
  };
}

function* linesOf(things: Iterable<unknown>): Generator<string> {
  for (const thing of things) yield JSON.stringify(thing);
}

async function* parsed<T>(lines: AsyncIterable<string>, parse: (line: string) => T): AsyncGenerator<T> {
  for await (const line of lines) yield parse(line);
}

async function* each<T>(things: Iterable<T>): AsyncGenerator<T> {
  yield* things;
}

/** Merges sorted sources; of equal things that of the first source comes first. */
async function* merged<T>(
  sources: readonly AsyncGenerator<T>[],
  compare: (a: T, b: T) => number,
): AsyncGenerator<T> {
  const heads: { readonly source: AsyncGenerator<T>; value: T }[] = [];
  for (const source of sources) {
    const { value, done } = await source.next();
    if (done !== true) heads.push({ source, value });
  }
  for (;;) {
    const next = heads.reduce<(typeof heads)[number] | undefined>(
      (least, head) => (least === undefined || compare(head.value, least.value) < 0 ? head : least),
      undefined,
    );
    if (next === undefined) return;
    yield next.value;
    const { value, done } = await next.source.next();
    if (done === true) heads.splice(heads.indexOf(next), 1);
    else next.value = value;
  }
}
