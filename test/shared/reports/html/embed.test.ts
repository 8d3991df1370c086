import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { embeddedJson, escapedHtml } from '../../../../shared/reports/html/embed.ts';

describe('data in a script element', () => {
  it.each([
    ['the end of the element', '</script><script>alert(1)</script>'],
    ['a comment', '<!-- <script>'],
    ['the end of a comment', '--> ]]>'],
    ['an entity', '&lt;&amp;'],
    ['line ends of older JavaScript', 'a\u2028b\u2029c'],
  ])('holds no markup: %s', (_name, text) => {
    const json = embeddedJson({ [text]: text });
    expect(json).not.toMatch(/[<>&\u2028\u2029]/);
    expect(JSON.parse(json)).toEqual({ [text]: text });
  });

  it('shows what would hide or turn the direction of reading, and leaves lines, tabs and emoji whole', () => {
    const text = 'gro\u202e.live\u0000\u0007\ud800 a\tb\nc 👩\u200d💻';
    expect(JSON.parse(embeddedJson(text))).toBe('gro\ufffd.live\ufffd\ufffd\ufffd a\tb\nc 👩\u200d💻');
  });

  it('never holds markup, and says the same but for what is invisible', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const json = embeddedJson([text]);
        expect(json).not.toMatch(/[<>&\u2028\u2029]/);
        const [back] = JSON.parse(json) as string[];
        expect([...(back ?? '')]).toHaveLength([...text].length);
        expect(back).not.toMatch(/(?![\t\n\u200d])[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/u);
        expect(embeddedJson([back])).toBe(json);
      }),
    );
  });
});

it('escapes text for elements and attributes', () => {
  expect(escapedHtml(`<a href="x">'&\u202e`)).toBe('&#60;a href=&#34;x&#34;&#62;&#39;&#38;\ufffd');
});
