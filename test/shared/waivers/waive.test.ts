import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { covers } from '../../../shared/waivers/covers.ts';
import { daysLeft, standingOf } from '../../../shared/waivers/standing.ts';
import { waive } from '../../../shared/waivers/waive.ts';
import { type Waiver, waiverSchema } from '../../../shared/waivers/waiver.ts';
import { findingOf, ROLE } from '../../support/findings.ts';

const finding = findingOf({ region: 'eu-west-1', cluster: 'shop' });
const answers = { owner: 'platform', reason: 'moves in Q1', ticket: 'SEC-1', expires: '2027-01-31' };
const waiver = (parts: Partial<Waiver>): Waiver => ({ ...answers, ...parts });
const terms = { now: new Date('2027-01-15T12:00:00Z'), mostDays: 365 };

describe('a waiver covers a finding', () => {
  it.each<[string, Partial<Waiver>, boolean]>([
    ['of its fingerprint', { finding: finding.fingerprint }, true],
    ['of another fingerprint: no', { finding: 'f'.repeat(32) }, false],
    ['of its rule', { rule: finding.rule }, true],
    ['of another rule: no', { rule: 'no-mixed-trust' }, false],
    [
      'of its fingerprint and another rule: no',
      { finding: finding.fingerprint, rule: 'no-mixed-trust' },
      false,
    ],
    ['of its account', { rule: finding.rule, account: finding.account }, true],
    ['of a pattern of its role', { rule: finding.rule, role: '*:role/pods/*' }, true],
    ['of a pattern that ends before its role does: no', { rule: finding.rule, role: '*:role/pods' }, false],
    ['of a pattern with one sign open', { rule: finding.rule, cluster: 'sho?' }, true],
    ['of a place that the finding does not have: no', { rule: finding.rule, namespace: '*' }, false],
    [
      'of two places, one of which does not fit: no',
      { rule: finding.rule, cluster: 'shop', region: 'us-*' },
      false,
    ],
    ['of a cluster in another case: no', { rule: finding.rule, cluster: 'Shop' }, false],
  ])('%s', (_name, parts, expected) => {
    expect(covers(waiver(parts), finding)).toBe(expected);
  });

  it('and every further place that it names only narrows it', () => {
    const places = ['account', 'region', 'cluster', 'role', 'namespace'] as const;
    const pattern = fc.constantFrom('*', '111122223333', 'eu-*', 'shop', ROLE, 'x');
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...places), pattern),
        fc.constantFrom(...places),
        pattern,
        (some, place, text) => {
          const wide = waiver({ rule: finding.rule, ...some });
          const narrow = { ...wide, [place]: text };
          if (place in some) return;
          expect(covers(narrow, finding) && !covers(wide, finding)).toBe(false);
        },
      ),
    );
  });
});

describe('a waiver holds', () => {
  it.each([
    ['through its last day', '2027-01-15', 'holds', 0],
    ['not on the day after', '2027-01-14', 'expired', -1],
    ['for as long as is allowed', '2028-01-15', 'holds', 365],
    ['not for longer: then it does not hold at all', '2028-01-16', 'too-long', 366],
  ])('%s', (_name, expires, standing, days) => {
    expect(standingOf(waiver({ rule: 'x', expires }), terms)).toBe(standing);
    expect(daysLeft(waiver({ rule: 'x', expires }), terms.now)).toBe(days);
  });

  it('until the last second of its last day in UTC', () => {
    const at = (now: string) =>
      standingOf(waiver({ expires: '2027-01-15' }), { ...terms, now: new Date(now) });
    expect(at('2027-01-15T23:59:59.999Z')).toBe('holds');
    expect(at('2027-01-16T00:00:00.000Z')).toBe('expired');
  });
});

describe('findings', () => {
  const statusOf = (waivers: readonly Waiver[], of = finding) => waive([of], waivers, terms)[0];

  it('are accepted by a waiver that holds, with who answers for it', () => {
    expect(statusOf([waiver({ rule: finding.rule })])).toEqual({
      ...finding,
      status: 'waived',
      waiver: answers,
    });
  });

  it.each<[string, readonly Waiver[]]>([
    ['without waivers', []],
    ['under one that expired', [waiver({ rule: finding.rule, expires: '2027-01-14' })]],
    ['under one that would hold too long', [waiver({ rule: finding.rule, expires: '2031-01-01' })]],
    ['under one of another finding', [waiver({ finding: '0'.repeat(32) })]],
  ])('stay open %s', (_name, waivers) => {
    expect(statusOf(waivers)).toEqual(finding);
  });

  it('are open again, and say no more who accepted them, when their waiver has ended', () => {
    const accepted = { ...finding, status: 'waived' as const, waiver: answers };
    expect(statusOf([], accepted)).toEqual(finding);
  });

  it('that are resolved stay resolved', () => {
    expect(statusOf([waiver({ rule: finding.rule })], findingOf({ status: 'resolved' }))?.status).toBe(
      'resolved',
    );
  });

  it('take the waiver that holds longest, in whatever order they are written', () => {
    const [short, long] = [
      waiver({ finding: finding.fingerprint, expires: '2027-01-20' }),
      waiver({ rule: finding.rule }),
    ];
    expect(statusOf([short, long])?.waiver?.expires).toBe('2027-01-31');
    expect(statusOf([long, short])?.waiver?.expires).toBe('2027-01-31');
  });
});

describe('what a waiver may say', () => {
  it.each<[string, object]>([
    ['nobody accepts everything', answers],
    ['a place alone is no reason', { ...answers, account: '111122223333' }],
    ['an owner has to be named', { ...answers, rule: 'x', owner: ' ' }],
    ['a ticket has to be named', { ...answers, rule: 'x', ticket: undefined }],
    ['a day that the calendar has not', { ...answers, rule: 'x', expires: '2027-02-30' }],
    ['a time is no day', { ...answers, rule: 'x', expires: '2027-01-31T00:00:00Z' }],
    ['unknown fields are refused', { ...answers, rule: 'x', until: '2027-01-31' }],
    ['a fingerprint that is none', { ...answers, finding: 'PT-101' }],
    ['an account as a number', { ...answers, rule: 'x', account: 111122223333 }],
  ])('%s', (_name, value) => {
    expect(waiverSchema.safeParse(value).success).toBe(false);
  });
});
