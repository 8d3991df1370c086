import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listDocument } from '../../../shared/kube/list-document.ts';

const apart = (text: string) => {
  const { items, rest } = listDocument(Buffer.from(text));
  return { items: items === undefined ? undefined : [...items], rest };
};

describe('a list', () => {
  it('is taken apart as JSON.parse would have it, whatever stands in it', () => {
    const object = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue());
    fc.assert(
      fc.property(
        fc.array(fc.oneof(object, fc.jsonValue())),
        fc.dictionary(
          fc.string({ unit: 'binary' }).filter((key) => key !== 'items' && key !== '__proto__'),
          fc.jsonValue(),
        ),
        fc.boolean(),
        fc.constantFrom('', ' ', '\n\t'),
        (items, rest, first, indent) => {
          const list = JSON.parse(JSON.stringify(first ? { items, ...rest } : { ...rest, items }));
          const { items: expected, ...others } = list;
          expect(apart(JSON.stringify(list, null, indent))).toEqual({ items: expected, rest: others });
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    ['no items', '{"kind":"Status"}', undefined],
    ['items that are null', '{"items":null}', undefined],
    ['items that are an object', '{"items":{"a":1}}', undefined],
    ['no item', '{"items":[]}', []],
    ['items within an item', '{"metadata":{"items":[1]},"items":[{"items":[2]}]}', [{ items: [2] }]],
    ['signs in strings', '{"items":["}]\\\\\\"{[,:",{}]}', ['}]\\"{[,:', {}]],
  ])('with %s', (_what, text, items) => {
    expect(apart(text).items).toEqual(items);
  });

  it.each([
    '',
    '[]',
    'null',
    '<html>',
    '{',
    '{"items"',
    '{"items":[1',
    '{"items":[1 2]}',
    '{"a":1 "b":2}',
    '{"items":["a]}',
  ])('that is none is refused: %s', (text) => {
    expect(() => apart(text)).toThrow(SyntaxError);
  });

  it('that is cut anywhere is refused', () => {
    const text = JSON.stringify({ metadata: { continue: 'a"b' }, items: [{ name: 'é\\' }, 1, 'x'] });
    const bytes = Buffer.from(text);
    for (let length = 0; length < bytes.length; length++)
      expect(() => [...(listDocument(bytes.subarray(0, length)).items ?? [])]).toThrow(SyntaxError);
  });
});
