import { describe, expect, it } from 'vitest';
import { proveTrust } from '../../../../shared/changes/trust/prove.ts';
import { allow, doc, equals, like, SUBJECT } from '../../audit/trust-cases.ts';

const ROLE = 'arn:aws:iam::111122223333:role/app';
const other = 'system:serviceaccount:shop:web';
const ours = doc(allow(equals(SUBJECT)));
const deny = { Effect: 'Deny', Principal: '*', Action: '*' };
const prove = (before: string, after: string, intended: string | null) => {
  const { shown, adds, removes } = proveTrust({ role: ROLE, before, after, intended });
  const of = (claim: string) => shown.find((one) => one.claim === claim)?.holds;
  return [of('intended-in-after'), of('after-in-before-or-intended'), adds, removes];
};

describe('the proof of a trust edit', () => {
  it.each<[string, string, string, string | null, unknown[]]>([
    ['nothing changes', ours, ours, null, [undefined, 'yes', false, false]],
    [
      'one is added who is meant',
      ours,
      doc(allow(equals([SUBJECT, other]))),
      doc(allow(equals(other))),
      ['yes', 'yes', true, false],
    ],
    [
      'one is added who is not meant',
      ours,
      doc(allow(equals([SUBJECT, other]))),
      null,
      [undefined, 'no', true, false],
    ],
    [
      'more are added than are meant',
      ours,
      doc(allow(like('system:serviceaccount:shop:*'))),
      doc(allow(equals(other))),
      ['yes', 'no', true, false],
    ],
    [
      'the one who is meant is not let in',
      ours,
      ours,
      doc(allow(equals(other))),
      ['no', 'yes', false, false],
    ],
    [
      'a Deny keeps out the one who is meant',
      ours,
      doc(allow(equals([SUBJECT, other])), deny),
      doc(allow(equals(other))),
      ['no', 'yes', false, true],
    ],
    [
      'it is narrowed',
      doc(allow(like('system:serviceaccount:shop:*'))),
      ours,
      null,
      [undefined, 'yes', false, true],
    ],
    [
      'it is exchanged',
      ours,
      doc(allow(equals(other))),
      doc(allow(equals(other))),
      ['yes', 'yes', true, true],
    ],
    [
      'the document before is none',
      '{',
      ours,
      doc(allow(equals(SUBJECT))),
      ['undecided', 'undecided', true, true],
    ],
    ['the document after is none', ours, '{"Statement":[{}]}', null, ['undecided', 'undecided', true, true]],
  ])('%s', (_, before, after, intended, expected) => {
    expect(prove(before, after, intended)).toEqual(expected);
  });

  it('names a call that should not get in', () => {
    const { shown } = proveTrust({
      role: ROLE,
      before: ours,
      after: doc(allow(equals([SUBJECT, other]))),
      intended: null,
    });
    expect(shown[0]?.witness).toContain(other);
  });
});
