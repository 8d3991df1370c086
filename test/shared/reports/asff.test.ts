import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../shared/findings/finding.ts';
import { stepsOf } from '../../../shared/findings/lifecycle.ts';
import type { Transition } from '../../../shared/findings/transition.ts';
import { sha256 } from '../../../shared/lambda/hash.ts';
import { asffOf, productArn } from '../../../shared/reports/asff.ts';
import { Asff } from '../../support/asff-limits.ts';
import { auditOf, findingOf, ROLE, WAIVER } from '../../support/findings.ts';

const hub = { partition: 'aws', region: 'eu-west-1', account: '999988887777' };
const [first] = stepsOf([], auditOf(1, { findings: [findingOf()] }), { hash: sha256 });
const appeared = first!.transition!;
const [last] = stepsOf([first!.after], auditOf(2), { hash: sha256 });
const resolved = last!.transition!;

it.each<[string, Transition]>([
  ['new', appeared],
  ['resolved', resolved],
])('a %s finding has the format', (_name, transition) => {
  expect(Asff.parse(asffOf(transition, hub))).toEqual(asffOf(transition, hub));
});

it('keeps its Id and the day it began through its life, and is archived in the end', () => {
  const [open, gone] = [asffOf(appeared, hub), asffOf(resolved, hub)];
  expect(gone.Id).toBe(open.Id);
  expect(gone.CreatedAt).toBe(open.CreatedAt);
  expect(gone.UpdatedAt > open.UpdatedAt).toBe(true);
  expect([open.RecordState, gone.RecordState]).toEqual(['ACTIVE', 'ARCHIVED']);
  expect([open.Compliance.Status, gone.Compliance.Status]).toEqual(['FAILED', 'PASSED']);
});

it.each<[string, Parameters<typeof findingOf>[0], string, string]>([
  ['waived', { status: 'waived' }, 'ARCHIVED', 'WARNING'],
  ['open', {}, 'ACTIVE', 'FAILED'],
  ['not judged', { kind: 'blind' }, 'ACTIVE', 'NOT_AVAILABLE'],
  ['not judged, and resolved', { kind: 'blind', status: 'resolved' }, 'ARCHIVED', 'PASSED'],
])(
  'what is %s never reads as passed while it is there, and as open only when it is',
  (_name, change, state, compliance) => {
    const finding = asffOf({ ...appeared, finding: findingOf(change) }, hub);
    expect([finding.RecordState, finding.Compliance.Status]).toEqual([state, compliance]);
  },
);

it('says who accepts what is waived, and nothing of that where nobody does', () => {
  const accepted = (change: Partial<Finding>) =>
    Object.entries(asffOf({ ...appeared, finding: findingOf(change) }, hub).ProductFields).filter(([name]) =>
      name.startsWith('podtrust/Accepted'),
    );
  expect(accepted({ status: 'waived', waiver: WAIVER })).toEqual([
    ['podtrust/AcceptedBy', WAIVER.owner],
    ['podtrust/AcceptedUntil', WAIVER.expires],
    ['podtrust/AcceptedTicket', WAIVER.ticket],
    ['podtrust/AcceptedReason', WAIVER.reason],
  ]);
  expect(accepted({})).toEqual([]);
});

it('is imported as the hub, and names the account it is about', () => {
  const finding = asffOf(appeared, hub);
  expect(finding.AwsAccountId).toBe('999988887777');
  expect(finding.ProductFields['podtrust/Account']).toBe('111122223333');
  expect(finding.Resources).toEqual([{ Type: 'AwsIamRole', Id: ROLE, Partition: 'aws' }]);
});

it.each(['aws', 'aws-cn', 'aws-us-gov', 'aws-eusc', 'aws-iso-b'])(
  'names clusters of %s by their ARN',
  (partition) => {
    const { role: _, ...finding } = findingOf({
      region: 'x-1',
      cluster: 'prod',
      namespace: 'a',
      serviceAccount: 'b',
    });
    const place = { ...hub, partition };
    const arn = `arn:${partition}:eks:x-1:111122223333:cluster/prod`;
    expect(asffOf({ ...appeared, finding }, place).Resources).toEqual([
      { Type: 'AwsEksCluster', Id: arn, Partition: partition, Region: 'x-1' },
      {
        Type: 'Other',
        Id: `${arn}/serviceaccount/a/b`,
        Partition: partition,
        Region: 'x-1',
        Details: { Other: { Namespace: 'a', ServiceAccount: 'b' } },
      },
    ]);
    expect(productArn(place)).toBe(
      `arn:${partition}:securityhub:eu-west-1:999988887777:product/999988887777/default`,
    );
  },
);

it('names the account when there is nothing narrower', () => {
  const { role: _, ...finding } = findingOf();
  expect(asffOf({ ...appeared, finding }, hub).Resources).toEqual([
    { Type: 'Other', Id: 'AWS::::Account:111122223333', Partition: 'aws' },
  ]);
});

describe('whatever strangers wrote', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 40, unit: 'binary' }),
    fc.constantFrom('', '€'.repeat(3_000), `x${'\u{1F600}'.repeat(3_000)}`, '\ud83d', '\u0007'.repeat(3_000)),
  );
  it('keeps the format, and 240 KB', () => {
    const keys = [
      'title',
      'detail',
      'remedy',
      'role',
      'principal',
      'cluster',
      'region',
      'namespace',
    ] as const;
    const hostile = fc.record({
      ...Object.fromEntries(keys.map((key) => [key, text])),
      serviceAccount: text,
      consequences: fc.array(text, { maxLength: 40 }),
    });
    fc.assert(
      fc.property(hostile, (change) => {
        const finding = asffOf({ ...appeared, finding: findingOf({ ...change, rule: 'r' }) }, hub);
        const parsed = Asff.safeParse(finding);
        expect(parsed.error?.issues ?? []).toEqual([]);
        expect(Buffer.byteLength(JSON.stringify(finding))).toBeLessThan(240_000);
      }),
      { numRuns: 100 },
    );
  });
});
