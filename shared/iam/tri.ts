/** Three-valued logic: `undecided` is what depends on a value that nobody knows. It never counts as `yes`. */
export type Tri = 'yes' | 'no' | 'undecided';

/** Truth of a fact that is known. */
export function known(fact: boolean): Tri {
  return fact ? 'yes' : 'no';
}

/** Negation: what is undecided stays so. */
export function not(value: Tri): Tri {
  if (value === 'undecided') return 'undecided';
  return value === 'yes' ? 'no' : 'yes';
}

/** `yes` when one of them is, else `undecided` when one of them is. */
export function some<Item>(items: Iterable<Item>, test: (item: Item) => Tri): Tri {
  let result: Tri = 'no';
  for (const item of items) {
    const value = test(item);
    if (value === 'yes') return 'yes';
    if (value === 'undecided') result = 'undecided';
  }
  return result;
}

/** `no` when one of them is, else `undecided` when one of them is; `yes` for none at all. */
export function every<Item>(items: Iterable<Item>, test: (item: Item) => Tri): Tri {
  return not(some(items, (item) => not(test(item))));
}
