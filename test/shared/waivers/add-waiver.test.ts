import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { addWaiver } from '../../../shared/waivers/add-waiver.ts';
import { readWaivers } from '../../../shared/waivers/parse-waivers.ts';
import type { Waiver } from '../../../shared/waivers/waiver.ts';

const ADDED: Waiver = {
  rule: 'no-public-trust',
  role: '*:role/x',
  owner: 'b',
  reason: 'it is: "so"',
  ticket: 'T-2',
  expires: '2027-01-31',
};
const item = (indent: string, end = '\n') =>
  [
    '- rule: no-public-trust',
    '  role: "*:role/x"',
    '  owner: b',
    '  reason: \'it is: "so"\'',
    '  ticket: T-2',
    '  expires: 2027-01-31',
  ]
    .map((line) => `${indent}${line}${end}`)
    .join('');
const ONE = ['rule: no-mixed-trust', 'owner: a', 'reason: r', 'ticket: T-1', 'expires: 2027-01-01'];
const entry = (indent: string, end = '\n') =>
  ONE.map((line, index) => `${indent}${index === 0 ? '- ' : '  '}${line}${end}`).join('');

const LATER = '# the end\n';

describe('a waiver is put behind the last one', () => {
  it.each<[string, string, string]>([
    ['an empty file', '', `waivers:\n${item('  ')}`],
    ['a file of remarks', '# ours', `# ours\nwaivers:\n${item('  ')}`],
    ['an empty list', 'waivers: []\n', `waivers:\n${item('  ')}`],
    ['an empty list with a remark', 'waivers: [] # none yet\n', `waivers: # none yet\n${item('  ')}`],
    ['a list', `waivers:\n${entry('  ')}`, `waivers:\n${entry('  ')}${item('  ')}`],
    ['a list that is not indented', `waivers:\n${entry('')}`, `waivers:\n${entry('')}${item('')}`],
    ['a list that is deeper', `waivers:\n${entry('    ')}`, `waivers:\n${entry('    ')}${item('    ')}`],
    [
      'a last line without an end',
      `waivers:\n${entry('  ')}`.trimEnd(),
      `waivers:\n${entry('  ')}${item('  ')}`,
    ],
    [
      'lines that end as on Windows',
      `# ours\r\nwaivers:\r\n${entry('  ', '\r\n')}`,
      `# ours\r\nwaivers:\r\n${entry('  ', '\r\n')}${item('  ', '\r\n')}`,
    ],
    [
      'a layout of its own',
      `waivers:   # two blanks more\n\n${entry('  ').replace('owner: a', 'owner:   a      # for now')}\n${LATER}`,
      `waivers:   # two blanks more\n\n${entry('  ').replace('owner: a', 'owner:   a      # for now')}${item('  ')}\n${LATER}`,
    ],
    [
      'a remark that belongs to the last one',
      `waivers:\n${entry('  ')}    # decided twice\n  # not this one\n`,
      `waivers:\n${entry('  ')}    # decided twice\n${item('  ')}  # not this one\n`,
    ],
    [
      'a text over lines at the end',
      `waivers:\n${entry('  ').replace('    reason: r\n', '')}    reason: |\n      a\n      b\n`,
      `waivers:\n${entry('  ').replace('    reason: r\n', '')}    reason: |\n      a\n      b\n${item('  ')}`,
    ],
    [
      'the marks of a document',
      `---\nwaivers:\n${entry('  ')}...\n`,
      `---\nwaivers:\n${entry('  ')}${item('  ')}...\n`,
    ],
  ])('in %s, and nothing else changes', (_name, before, after) => {
    expect(addWaiver(before, ADDED)).toBe(after);
  });

  it.each<[string, string, string]>([
    [
      'a list in brackets',
      '# ours\nwaivers: [{rule: no-mixed-trust, owner: a, reason: r, ticket: T-1, expires: 2027-01-01}]\n',
      '# ours\n',
    ],
    ['a document in braces', '{"waivers": []}\n', ''],
    ['a list without a value', '# ours\nwaivers:\n', '# ours\n'],
  ])('%s is written anew, remarks and all', (_name, before, begins) => {
    const after = addWaiver(before, ADDED);
    expect(after.startsWith(begins)).toBe(true);
    const read = readWaivers(after, () => true);
    expect('waivers' in read && read.waivers.at(-1)).toEqual(ADDED);
  });

  it('again and again, whatever it says', () => {
    const text = fc.string({ minLength: 1, maxLength: 30 }).filter((one) => one.trim() === one && one !== '');
    const waivers = fc.array(
      fc.record({ rule: text, owner: text, reason: text, ticket: text, expires: fc.constant('2027-01-31') }),
      {
        minLength: 1,
        maxLength: 4,
      },
    );
    fc.assert(
      fc.property(waivers, fc.constantFrom('\n', '\r\n'), fc.boolean(), (all, end, remark) => {
        let written = remark ? `# ours${end}` : '';
        for (const one of all) {
          const next = addWaiver(written, one);
          expect(next.startsWith(written)).toBe(true);
          written = next;
        }
        expect(parseDocument(written).toJS().waivers).toEqual(all);
        expect(end === '\r\n' && remark ? /(?<!\r)\n/.test(written) : false).toBe(false);
      }),
    );
  });
});
