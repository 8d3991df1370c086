import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addWaiver } from '../../../shared/waivers/add-waiver.ts';
import { readWaivers } from '../../../shared/waivers/parse-waivers.ts';
import type { Waiver } from '../../../shared/waivers/waiver.ts';

const read = (text: string) => readWaivers(text, (name) => name.startsWith('no-'));

const TEXT = `# Reviewed every quarter.
waivers:
  # The batch cluster goes in January.
  - rule: no-mixed-trust
    account: "111122223333"
    owner: data@example.com
    reason: runs on EC2, too
    ticket: DATA-7
    expires: 2027-01-31

  - finding: 0123456789abcdef0123456789abcdef
    owner: platform@example.com
    reason: moves to Pod Identity
    ticket: SEC-812
    expires: 2027-03-31
`;

const ADDED: Waiver = {
  rule: 'no-public-trust',
  owner: 'a',
  reason: 'b: "c" #d',
  ticket: 'e',
  expires: '2027-02-01',
};

describe('a file of waivers', () => {
  it('is read with the line on which each begins', () => {
    expect(read(TEXT)).toMatchObject({
      waivers: [{ rule: 'no-mixed-trust', account: '111122223333' }, { ticket: 'SEC-812' }],
      lines: [4, 11],
    });
  });

  it.each([
    ['empty', ''],
    ['comments alone', '# nothing accepted\n'],
    ['an empty list', 'waivers: []\n'],
  ])('may be %s', (_name, text) => {
    expect(read(text)).toEqual({ waivers: [], lines: [] });
  });

  it.each<[string, string, object]>([
    [
      'no YAML',
      'waivers:\n  - rule: "x\n',
      { path: 'the document', message: expect.stringContaining('it is no YAML') },
    ],
    ['one key twice', 'waivers: []\nwaivers: []\n', { message: expect.stringContaining('unique') }],
    ['a list alone', '- rule: no-x\n', { line: 1, path: 'the document' }],
    [
      'a misspelt field',
      TEXT.replace('ticket: SEC-812', 'tickets: SEC-812'),
      { line: 14, column: 5, path: 'waivers.1.tickets', message: 'there is no such field' },
    ],
    [
      'a missing owner',
      TEXT.replace('    owner: data@example.com\n', ''),
      { line: 4, path: 'waivers.0.owner' },
    ],
    [
      'an account without quotation marks',
      TEXT.replace('"111122223333"', '111122223333'),
      { line: 5, path: 'waivers.0.account', message: 'it has to be a text; digits need quotation marks' },
    ],
    ['an impossible day', TEXT.replace('2027-01-31', '2027-13-31'), { line: 9, path: 'waivers.0.expires' }],
    [
      'a rule that there is not',
      TEXT.replace('no-mixed-trust', 'mixed-trust'),
      { line: 4, path: 'waivers.0.rule', message: expect.stringContaining('there is no rule "mixed-trust"') },
    ],
    [
      'aliases that would grow without bounds',
      `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nwaivers: [*c,*c,*c,*c,*c,*c,*c,*c]\n`,
      { path: 'the document', message: expect.stringContaining('alias') },
    ],
    ['more than 2 MB', `#${'x'.repeat(2_000_001)}`, { message: 'it is larger than 2 MB' }],
  ])('with %s is refused with its place', (_name, text, problem) => {
    const result = read(text);
    expect('problems' in result && result.problems).toContainEqual(expect.objectContaining(problem));
  });

  it('never makes the reader throw', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => void read(text)));
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            'waivers:',
            '- ',
            'rule: no-x',
            '\n',
            '  ',
            '&a ',
            '*a',
            '{',
            '}',
            '[',
            ']',
            '"',
            '!!binary ',
            '<<: ',
            '? ',
          ),
        ),
        (parts) => void read(parts.join('')),
      ),
    );
  });
});

describe('adding a waiver', () => {
  it('leaves the comments and the other waivers as they are written', () => {
    const after = addWaiver(TEXT, ADDED);
    expect(after.startsWith(TEXT)).toBe(true);
    expect(read(after)).toMatchObject({ waivers: [{}, {}, ADDED] });
  });

  it.each([
    ['', 'a file that is not there yet'],
    ['waivers: []\n', 'an empty list'],
    ['# a comment\nwaivers:\n', 'a list that was never filled'],
  ])('makes %j, %s, a file with one', (text) => {
    expect(read(addWaiver(text, ADDED))).toMatchObject({ waivers: [ADDED] });
  });

  it('gives back whatever texts it was given', () => {
    const text = fc
      .string({ minLength: 1, maxLength: 60 })
      .map((one) => one.trim())
      .filter((one) => one !== '');
    fc.assert(
      fc.property(text, text, text, (owner, reason, ticket) => {
        expect(read(addWaiver(TEXT, { ...ADDED, owner, reason, ticket }))).toMatchObject({
          waivers: [{}, {}, { owner, reason, ticket }],
        });
      }),
    );
  });
});
