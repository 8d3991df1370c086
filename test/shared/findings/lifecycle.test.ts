import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../shared/findings/finding.ts';
import { type Step, stepsOf } from '../../../shared/findings/lifecycle.ts';
import { InvalidAuditError } from '../../../shared/findings/scope-audit.ts';
import type { StoredFinding } from '../../../shared/findings/stored.ts';
import { sha256 } from '../../../shared/lambda/hash.ts';
import { ACCOUNT, auditOf, findingOf, ROLE } from '../../support/findings.ts';

const options = { hash: sha256 };

/** Applies audits in turn to one finding at most, and gives what is stored in the end and every step. */
function life(...sightings: readonly (Finding | null)[]): { stored: StoredFinding; steps: Step[] } {
  let previous: StoredFinding[] = [];
  const steps = sightings.flatMap((finding, second) => {
    const made = stepsOf(previous, auditOf(second, { findings: finding === null ? [] : [finding] }), options);
    const touched = new Map(made.map(({ after }) => [after.finding.fingerprint, after]));
    previous = [
      ...previous.filter(({ finding: { fingerprint } }) => !touched.has(fingerprint)),
      ...touched.values(),
    ];
    return made;
  });
  return { stored: previous[0]!, steps };
}

const open = findingOf();
const waived = findingOf({ status: 'waived' });

describe('the life of a finding', () => {
  it.each<[string, (Finding | null)[], string[], Finding['status']]>([
    ['is new when it is seen first', [open], ['new'], 'open'],
    ['stays as it is while it is seen', [open, open, open], ['new'], 'open'],
    ['is resolved when it is gone', [open, null], ['new', 'resolved'], 'resolved'],
    ['is resolved once', [open, null, null], ['new', 'resolved'], 'resolved'],
    ['is reopened when it comes back', [open, null, open], ['new', 'resolved', 'reopened'], 'open'],
    ['is waived from the start', [waived], ['waived'], 'waived'],
    ['is waived later', [open, waived, waived], ['new', 'waived'], 'waived'],
    ['is reopened when its waiver ends', [waived, open], ['waived', 'reopened'], 'open'],
    ['is resolved although it is waived', [waived, null], ['waived', 'resolved'], 'resolved'],
    ['comes back waived', [open, null, waived], ['new', 'resolved', 'waived'], 'waived'],
    ['changes in severity', [open, findingOf({ severity: 'high' })], ['new', 'changed'], 'open'],
    [
      'changes in evidence',
      [open, findingOf({ evidence: { principals: ['*', 'x'], statement: 1 } })],
      ['new', 'changed'],
      'open',
    ],
    [
      'changes when evidence is added',
      [open, findingOf({ evidence: { ...open.evidence, more: false } })],
      ['new', 'changed'],
      'open',
    ],
    [
      'does not change with the words for it',
      [open, findingOf({ detail: 'Other words.', title: 'Other', remedy: 'Other' })],
      ['new'],
      'open',
    ],
    [
      'does not change with the order of a list or of names',
      [findingOf({ evidence: { a: ['1', '2'], b: 1 } }), findingOf({ evidence: { b: 1, a: ['2', '1'] } })],
      ['new'],
      'open',
    ],
  ])('%s', (_name, sightings, changes, status) => {
    const { stored, steps } = life(...sightings);
    expect(steps.map(({ transition }) => transition?.change)).toEqual(changes);
    expect(steps.map(({ transition }) => transition?.sequence)).toEqual(changes.map((_, index) => index + 1));
    expect(stored.finding.status).toBe(status);
    expect(stored.sequence).toBe(changes.length);
  });

  it('says what it was before and what differs', () => {
    const { steps } = life(
      open,
      findingOf({ severity: 'high', evidence: { principals: ['x'], statement: 1, note: 'n' } }),
    );
    expect(steps[1]?.transition).toMatchObject({
      before: { status: 'open', severity: 'critical' },
      differs: ['severity', 'evidence.note', 'evidence.principals'],
      finding: { severity: 'high' },
      audit: 'audit-1',
      readAt: '2026-11-20T09:14:01.000Z',
    });
  });

  it('keeps what was seen last of a resolved one, and when it may be forgotten', () => {
    const { stored, steps } = life(open, null);
    expect(steps[1]?.transition?.finding).toEqual({ ...open, status: 'resolved' });
    expect(stored.expires).toBe(Date.parse('2026-11-20T09:14:01Z') / 1000 + 90 * 86_400);
    expect(life(open, null, open).stored).not.toHaveProperty('expires');
  });

  it('numbers its steps with ids that the same history repeats and a later life does not', () => {
    const ids = (history: { steps: Step[] }) => history.steps.map(({ transition }) => transition?.id);
    const once = ids(life(open, null, open));
    expect(new Set(once).size).toBe(3);
    expect(ids(life(open, null, open))).toEqual(once);
    expect(ids(life(null, open))[0]).not.toBe(once[0]);
  });

  it('is written once however often an audit repeats it', () => {
    const steps = stepsOf([], auditOf(1, { findings: [open, open] }), options);
    expect(steps).toHaveLength(1);
  });
});

describe('unknown never resolves', () => {
  const where = { account: ACCOUNT };
  it.each<[string, Parameters<typeof auditOf>[1], boolean]>([
    ['nothing is in doubt', {}, true],
    [
      'its rule is in doubt at its place',
      { doubts: [{ rule: open.rule, where: { ...where, role: ROLE } }] },
      false,
    ],
    ['its rule is in doubt in the whole account', { doubts: [{ rule: open.rule, where }] }, false],
    [
      'its rule is in doubt about a narrower place',
      { doubts: [{ rule: open.rule, where: { ...where, role: ROLE, namespace: 'shop' } }] },
      false,
    ],
    ['everything is in doubt', { doubts: [{ where }] }, false],
    ['another rule is in doubt', { doubts: [{ rule: 'no-missing-subject', where }] }, true],
    [
      'another role is in doubt',
      { doubts: [{ rule: open.rule, where: { ...where, role: `${ROLE}-2` } }] },
      true,
    ],
    ['another account is in doubt', { doubts: [{ where: { account: '999999999999' } }] }, true],
    ['its rule was not asked', { rules: ['no-missing-subject'] }, false],
    ['its rule was asked', { rules: [open.rule] }, true],
    ['another role is judged', { scope: { kind: 'role', account: ACCOUNT, role: 'other' } }, false],
    ['its account is judged', { scope: { kind: 'account', account: ACCOUNT } }, true],
    ['another account is judged', { scope: { kind: 'account', account: '999999999999' } }, false],
  ])('when %s and it is not reported', (_name, change, resolves) => {
    const { stored } = life(open);
    const steps = stepsOf([stored], auditOf(9, change), options);
    expect(steps.map(({ transition }) => transition?.change)).toEqual(resolves ? ['resolved'] : []);
  });

  it('yet what is reported in spite of doubts is there', () => {
    const doubts = [{ where }];
    const [created] = stepsOf([], auditOf(1, { doubts, findings: [open] }), options);
    expect(created?.transition?.change).toBe('new');
    const [seen] = stepsOf([created!.after], auditOf(2, { doubts, findings: [open] }), options);
    expect(seen).toMatchObject({ transition: null, after: { sequence: 1, version: 2 } });
  });
});

describe('an audit that comes late', () => {
  it.each<[string, number, Finding[]]>([
    ['does not resolve what a newer one found', 1, []],
    ['does not change what a newer one found', 1, [findingOf({ severity: 'low' })]],
    ['changes nothing when it is the same again', 5, [open]],
  ])('%s', (_name, second, findings) => {
    const [created] = stepsOf([], auditOf(5, { findings: [open] }), options);
    expect(stepsOf([created!.after], auditOf(second, { findings }), options)).toEqual([]);
  });

  it('stands by its name when both were read in the same moment', () => {
    const [created] = stepsOf([], auditOf(5, { name: 'b', findings: [open] }), options);
    expect(stepsOf([created!.after], auditOf(5, { name: 'a' }), options)).toEqual([]);
    expect(stepsOf([created!.after], auditOf(5, { name: 'c' }), options)).toHaveLength(1);
  });

  it('is told from a newer one whatever its time zone', () => {
    const [created] = stepsOf([], auditOf(5, { findings: [open] }), options);
    const earlier = auditOf(5, { name: 'z', readAt: '2026-11-20T10:14:04+01:00' });
    expect(stepsOf([created!.after], earlier, options)).toEqual([]);
  });
});

describe('an audit that cannot be', () => {
  it.each<[string, Parameters<typeof auditOf>[1], RegExp]>([
    ['reports another role', { findings: [findingOf({ role: `${ROLE}-2` })] }, /outside its scope/],
    [
      'reports a role of the same name in another account',
      { findings: [findingOf({ role: 'arn:aws:iam::999999999999:role/payments-api' })] },
      /outside its scope/,
    ],
    ['reports what is resolved', { findings: [findingOf({ status: 'resolved' })] }, /resolved/],
    ['was read at no time', { readAt: 'yesterday' }, /"yesterday", which is no time/],
  ])('%s', (_name, change, message) => {
    expect(() => stepsOf([], auditOf(1, change), options)).toThrow(InvalidAuditError);
    expect(() => stepsOf([], auditOf(1, change), options)).toThrow(message);
  });
});

describe('a finding that strangers made large', () => {
  it('is kept in bounded size, and its changes are still noticed', () => {
    const large = (last: string) =>
      findingOf({
        detail: 'd'.repeat(200_000),
        remedy: 'r'.repeat(200_000),
        consequences: Array.from({ length: 500 }, () => 'c'.repeat(1_000)),
        evidence: { names: ['x'.repeat(200_000), last] },
      });
    expect(life(large('a'), large('a')).steps).toHaveLength(1);
    const { stored, steps } = life(large('a'), large('b'));
    expect(steps[1]?.transition?.differs).toEqual(['evidence.digest']);
    expect(JSON.stringify(stored).length).toBeLessThan(100_000);
  });
});
