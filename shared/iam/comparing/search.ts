/** A set of values of one key, one bit each. */
export type Mask = bigint;

/** What must hold for a statement to apply: for each variable, by number, the values that satisfy it. */
export type Box = ReadonlyMap<number, Mask>;

/** Steps of the search that are left. */
export interface Nodes {
  nodes: number;
}

/** One side of a comparison for one kind of caller and one action. */
export interface Side {
  readonly allows: readonly Box[];
  readonly denies: readonly Box[];
}

/**
 * Looks for a combination of values that one side admits and the other does not: in an allow of the one, outside of its
 * denies, and either in a deny of the other or outside of all its allows. `worlds` holds the values to choose from.
 * A variable without any value to choose means that there is no call at all.
 * Returns the values that are left for each variable, every choice among which will do; null for none; `too-complex`.
 */
export function findDifference(
  admitting: Side,
  refusing: Side,
  worlds: readonly Mask[],
  budget: Nodes,
): readonly Mask[] | null | 'too-complex' {
  if (worlds.includes(0n)) return null;
  for (const allow of admitting.allows) {
    const start = narrow(worlds, allow);
    if (start === null) continue;
    for (const avoid of [null, ...refusing.denies]) {
      const within = avoid === null ? start : narrow(start, avoid);
      if (within === null) continue;
      const boxes = avoid === null ? [...admitting.denies, ...refusing.allows] : admitting.denies;
      const found = outside(within, boxes, budget);
      if (found !== null) return found;
    }
  }
  return null;
}

/** The values that also satisfy the box, or null when a variable has none left. */
function narrow(worlds: readonly Mask[], box: Box): readonly Mask[] | null {
  const narrowed = [...worlds];
  for (const [variable, mask] of box) {
    const left = (narrowed[variable] ?? 0n) & mask;
    if (left === 0n) return null;
    narrowed[variable] = left;
  }
  return narrowed;
}

/** Values outside of every box, found by splitting along the variables of one box after the other. */
function outside(
  worlds: readonly Mask[],
  boxes: readonly Box[],
  budget: Nodes,
): readonly Mask[] | null | 'too-complex' {
  budget.nodes -= 1;
  if (budget.nodes < 0) return 'too-complex';
  const touching = boxes.filter((box) => narrow(worlds, box) !== null);
  const box = touching.reduce<Box | undefined>(
    (best, one) => (best === undefined || splits(worlds, one) < splits(worlds, best) ? one : best),
    undefined,
  );
  if (box === undefined) return worlds;
  const rest = touching.filter((one) => one !== box);
  const part = [...worlds];
  for (const [variable, mask] of box) {
    const all = part[variable] ?? 0n;
    const outer = all & ~mask;
    if (outer !== 0n) {
      part[variable] = outer;
      const found = outside(part, rest, budget);
      if (found !== null) return found;
    }
    part[variable] = all & mask;
  }
  return null;
}

/** How many ways there are to leave a box: none means that it covers everything. */
function splits(worlds: readonly Mask[], box: Box): number {
  let count = 0;
  for (const [variable, mask] of box) if (((worlds[variable] ?? 0n) & ~mask) !== 0n) count += 1;
  return count;
}
