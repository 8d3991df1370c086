import type { Item } from './expression.ts';

/** An answer whose texts nobody wrote: items keep their keys alone, objects break off in the middle. */
export function garbled(output: object): object {
  return Object.fromEntries(
    Object.entries(output).map(([name, value]) => {
      if (name === 'Item') return [name, value && garbledItem(value)];
      if (name === 'Items') return [name, value.map(garbledItem)];
      if (name === 'Responses') return [name, garbledLists(value)];
      if (name === 'Body') return [name, brokenOff(value)];
      return [name, value];
    }),
  );
}

const garbledItem = (item: Item): Item =>
  Object.fromEntries(
    Object.entries(item).map(([name, value]) => [
      name,
      name === 'pk' || name === 'sk' || value.S === undefined ? value : { S: '{' },
    ]),
  );

const garbledLists = (lists: Readonly<Record<string, readonly Item[]>>) =>
  Object.fromEntries(Object.entries(lists).map(([table, items]) => [table, items.map(garbledItem)]));

const brokenOff = (body: { transformToString(): Promise<string> }) => ({
  transformToString: async () => {
    const text = await body.transformToString();
    return text.slice(0, text.length / 2);
  },
});
