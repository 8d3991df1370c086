import fc from 'fast-check';
import { expect, it } from 'vitest';
import { positionOf } from '../../../shared/iam/parsing/locate.ts';
import { walk } from '../../../shared/lint/located.ts';
import { positionsIn } from '../../../shared/lint/positions.ts';
import { readSource } from '../../../shared/lint/read-source.ts';

it('is where counting line by line gets to', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '\n', '\r\n', '😀'), maxLength: 40 });
  fc.assert(
    fc.property(text, fc.nat(90), (one, offset) => {
      const at = Math.min(offset, one.length);
      expect(positionsIn(one)(at)).toEqual(positionOf(one, at));
    }),
  );
});

it('every text of a document stands where it is said to stand, whatever is in it', () => {
  const value = fc.string({
    unit: fc.constantFrom('a', '"', '\\', '\n', '\t', 'é', '😀', '/', "'", ':'),
    minLength: 1,
    maxLength: 20,
  });
  fc.assert(
    fc.property(fc.array(value, { maxLength: 6 }), fc.nat(3), (values, indent) => {
      const text = JSON.stringify({ list: values }, null, indent);
      const documents = readSource(text);
      const texts = (documents as Parameters<typeof walk>[0][]).flatMap((document) => [...walk(document)]);
      const found = texts.flatMap((node) => (node.kind === 'text' ? [node] : []));
      expect(found.map((node) => node.value)).toEqual(values);
      for (const { value: one, place } of found) {
        for (const [index, character] of [...one].entries()) {
          const unit = [...one].slice(0, index).join('').length;
          const written = JSON.stringify(character).slice(1, -1);
          expect(text.slice(place(unit), place(unit) + written.length)).toBe(written);
        }
      }
    }),
  );
});
