import { describe, expect, it } from 'vitest';
import { audit } from '../../../../shared/audit/audit.ts';
import { defaultConfig } from '../../../../shared/config/config.ts';
import { buildEstate } from '../../../../shared/estate/build-estate.ts';
import type { Cause } from '../../../../shared/findings/cause.ts';
import { type AuditFinding, auditSchema } from '../../../../shared/findings/finding.ts';
import type { Transition } from '../../../../shared/findings/transition.ts';
import { sha256 } from '../../../../shared/lambda/hash.ts';
import { reportData } from '../../../../shared/reports/html/report-data.ts';
import { demoSnapshot } from '../../../../simulator/demo/organization.ts';
import { findingOf } from '../../../support/findings.ts';

const change: Cause = {
  eventId: 'e-1',
  eventName: 'UpdateAssumeRolePolicy',
  service: 'iam.amazonaws.com',
  time: '2026-11-22T09:30:00Z',
  region: 'us-east-1',
  actor: { type: 'AssumedRole', session: 'bob@example.com' },
  sourceAddress: '198.51.100.7',
};

/** A step in the life of a finding. */
function step(finding: AuditFinding, readAt: string, more: Partial<Transition> = {}): Transition {
  return {
    schemaVersion: 1,
    id: `${finding.fingerprint} ${readAt}`,
    change: 'new',
    sequence: 1,
    finding,
    before: null,
    differs: [],
    readAt,
    audit: 'a',
    causes: [],
    ...more,
  };
}

function dataOf(findings: readonly AuditFinding[], history?: readonly Transition[]) {
  const counts = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  const summary = { accounts: 1, clusters: 1, roles: 1, findings: counts, waived: 0, coverage: 0 };
  return reportData({
    audit: { schemaVersion: 1, findings: [...findings], coverage: [], summary },
    takenAt: '2026-11-22T12:00:00Z',
    version: '0.1.0',
    partitions: new Map(),
    ...(history !== undefined && { history }),
  });
}

describe('what a history adds', () => {
  const open = findingOf({ fingerprint: 'a', severity: 'high' });

  it('is nothing without one, and the trend says so', () => {
    const { findings, trend } = dataOf([open]);
    expect(findings).toEqual([open]);
    expect(trend).toBeNull();
  });

  it('is the life of a finding, newest first, and the cause that opened it', () => {
    const history = [
      step(open, '2026-11-22T09:00:00Z', { causes: [change] }),
      step(open, '2026-11-22T10:00:00Z', { change: 'changed', sequence: 2 }),
    ];
    const [finding] = dataOf([open], history).findings;
    expect(finding?.life?.map(({ change: what }) => what)).toEqual(['changed', 'new']);
    expect(finding?.cause).toEqual({ outcome: 'found', change });
  });

  it('leaves the cause that the audit looked up where it is', () => {
    const cause = { outcome: 'none' } as const;
    const [finding] = dataOf(
      [{ ...open, cause }],
      [step(open, '2026-11-22T09:00:00Z', { causes: [change] })],
    ).findings;
    expect(finding?.cause).toEqual(cause);
  });

  it.each<[string, Partial<AuditFinding>, string[]]>([
    ['what was resolved', { status: 'resolved' }, ['a', 'b']],
    ['what only the pipeline judges and is open', { rule: 'no-widened-trust' }, ['a', 'b']],
    ['no other open finding, since the audit is newer and does not find it', {}, ['a']],
  ])('is %s', (_name, other, expected) => {
    const history = [
      step(findingOf({ fingerprint: 'b', severity: 'high', ...other }), '2026-11-22T09:00:00Z'),
    ];
    expect(
      dataOf([open], history)
        .findings.map(({ fingerprint }) => fingerprint)
        .sort(),
    ).toEqual(expected);
  });

  it('counts what is open after all', () => {
    const widened = findingOf({ fingerprint: 'b', severity: 'critical', rule: 'no-widened-trust' });
    const gone = findingOf({ fingerprint: 'c', severity: 'critical', status: 'resolved' });
    const history = [widened, gone].map((finding) => step(finding, '2026-11-22T09:00:00Z'));
    expect(dataOf([open], history).summary.findings).toMatchObject({ critical: 1, high: 1 });
  });
});

describe('the trend', () => {
  const one = findingOf({ fingerprint: 'a', severity: 'high' });
  const at = (readAt: string, what: Transition['change'] = 'new') => step(one, readAt, { change: what });

  it('is by the hour for a day, with the hours in which nothing happened', () => {
    const { trend } = dataOf([], [at('2026-11-22T09:10:00Z'), at('2026-11-22T11:59:59Z', 'resolved')]);
    expect(trend?.unit).toBe('hour');
    expect(
      trend?.points.map(({ at: hour, opened, resolved }) => [hour.slice(11, 13), opened.high, resolved]),
    ).toEqual([
      ['09', 1, 0],
      ['10', 0, 0],
      ['11', 0, 1],
    ]);
  });

  it('is by the day for longer, and of very long ones the last ninety', () => {
    const days = dataOf(
      [],
      [
        at('2026-11-01T00:00:00Z'),
        at('2026-11-05T23:59:59Z', 'reopened'),
        at('2026-11-05T01:00:00Z', 'waived'),
      ],
    );
    expect(days.trend?.unit).toBe('day');
    expect(days.trend?.points.map(({ opened, waived }) => opened.high + waived)).toEqual([1, 0, 0, 0, 2]);
    const long = dataOf([], [at('2025-01-01T00:00:00Z'), at('2026-11-05T00:00:00Z')]).trend;
    expect(long?.points).toHaveLength(90);
    expect(long?.points.at(-1)?.at).toBe('2026-11-05T00:00:00.000Z');
  });

  it('is none where nothing was told', () => {
    expect(dataOf([], []).trend).toBeNull();
  });
});

it('takes what podtrust audit printed as it was: its causes, and what it did not decide', () => {
  const cause = { outcome: 'found', change } as const;
  const printed = JSON.stringify({
    schemaVersion: 1,
    findings: [{ ...findingOf({ fingerprint: 'a' }), cause }],
    coverage: [{ rule: 'no-unused-trust', subject: 'x', read: 'y', reason: 'z' }],
    summary: {
      accounts: 1,
      clusters: 1,
      roles: 1,
      findings: { critical: 1, high: 0, medium: 0, low: 0, info: 0 },
      waived: 0,
      coverage: 1,
    },
  });
  const of = (audited: object) =>
    reportData({ audit: auditSchema.parse(audited), takenAt: '', version: '', partitions: new Map() });
  const old = of(JSON.parse(printed));
  expect(old.findings[0]?.cause).toEqual(cause);
  // Older versions did not say where.
  expect(old.undecided).toEqual([{ rule: 'no-unused-trust', account: '', count: 1 }]);
  const undecided = [{ rule: 'no-unused-trust', account: '111122223333', cluster: 'prod', count: 4 }];
  expect(of({ ...JSON.parse(printed), undecided }).undecided).toEqual(undecided);
});

describe('what was open when, by a history', () => {
  const one = findingOf({ fingerprint: 'a', severity: 'high' });
  const other = findingOf({ fingerprint: 'b', severity: 'low' });
  const open = { status: 'open', severity: 'high' } as const;
  const counts = (findings: readonly AuditFinding[], history: readonly Transition[]) =>
    dataOf(findings, history).posture?.points.map(({ at, open: { critical, high, low }, waived }) => [
      at.slice(11, 13),
      critical,
      high,
      low,
      waived,
    ]);

  it('is what is open now with each step undone', () => {
    const history = [
      step(one, '2026-11-22T09:10:00Z'),
      step(one, '2026-11-22T10:10:00Z', { change: 'changed', sequence: 2, before: open }),
      step(one, '2026-11-22T12:10:00Z', {
        change: 'resolved',
        sequence: 3,
        before: { ...open, severity: 'critical' },
      }),
      step(other, '2026-11-22T13:10:00Z', { change: 'waived', before: { status: 'open', severity: 'low' } }),
    ];
    const waived = { ...other, status: 'waived' } as const;
    expect(counts([waived], history)).toEqual([
      ['09', 0, 1, 1, 0],
      ['10', 1, 0, 1, 0],
      ['11', 1, 0, 1, 0],
      ['12', 0, 0, 1, 0],
      ['13', 0, 0, 0, 1],
    ]);
  });

  it('takes what the history does not tell of for as old as the history', () => {
    expect(counts([one, other], [step(one, '2026-11-22T09:10:00Z')])).toEqual([['09', 0, 1, 1, 0]]);
  });

  it('is what earlier reports counted, where they did', () => {
    const posture = { source: 'scans', points: [] } as const;
    const summary = {
      accounts: 1,
      clusters: 1,
      roles: 1,
      findings: { critical: 0, high: 0, medium: 0, low: 0, info: 0 },
      waived: 0,
      coverage: 0,
    };
    const input = { takenAt: '', version: '', partitions: new Map(), posture };
    const audited = { schemaVersion: 1 as const, findings: [], coverage: [], summary };
    expect(reportData({ ...input, audit: audited }).posture).toBe(posture);
  });

  it('is not known without a history', () => {
    expect(dataOf([one]).posture).toBeNull();
    expect(dataOf([one], []).posture).toBeNull();
  });
});

describe('the demo organization', () => {
  const estate = buildEstate(demoSnapshot());
  const judged = audit(estate, { config: defaultConfig, hash: sha256 });
  const data = reportData({ audit: judged, takenAt: '', version: '', partitions: new Map(), estate });

  it('has the words of every rule of its findings', () => {
    for (const { rule, title } of data.findings) expect(data.rules[rule]?.title).toBe(title);
  });

  it('has the chain of a finding as explain tells it, with the step that is at fault', () => {
    const finding = data.findings.find(({ rule }) => rule === 'no-untrusted-association');
    const chain = data.chains[finding?.chain ?? -1];
    expect(chain?.about).toBe('Does ServiceAccount shop/payments of cluster prod-shop get its role?');
    expect(chain).toMatchObject({
      verdict: 'broken',
      mechanism: 'pod-identity',
      reason: { rule: 'no-untrusted-association' },
    });
    const entry = data.findings.find(({ rule }) => rule === 'no-tombstoned-access-entry');
    expect(data.chains[entry?.chain ?? -1]).toMatchObject({ mechanism: 'cluster-access', verdict: 'broken' });
  });

  it('draws each ServiceAccount once, between its cluster and its role, as it works', () => {
    const nodes = data.graph?.nodes ?? [];
    expect(new Set(nodes.map(({ name }) => name)).size).toBe(nodes.length);
    const edge = data.graph?.edges.find(({ from }) => nodes[from]?.label === 'shop/payments');
    expect(edge).toMatchObject({ way: 'pod-identity', state: 'broken' });
    expect(nodes[edge?.to ?? -1]).toMatchObject({ kind: 'role', label: 'prod-shop-payments' });
  });

  it('draws a pattern that stands for ServiceAccounts nobody listed, up to what its role may do', () => {
    const { nodes = [], edges = [] } = data.graph ?? {};
    const pattern = nodes.findIndex(({ label }) => label === 'system:serviceaccount:*:*');
    const door = edges.find(({ from }) => from === pattern);
    expect(door).toMatchObject({ way: 'irsa', state: 'works' });
    const grant = edges.find(({ from, way }) => from === door?.to && way === 'grants');
    expect(nodes[grant?.to ?? -1]).toMatchObject({ kind: 'privilege', grade: 'admin' });
  });

  it('draws a ServiceAccount without a role as broken, where it should have one', () => {
    const nodes = data.graph?.nodes ?? [];
    const alone = nodes.findIndex(({ label }) => label === 'shop/reviews');
    const edges = data.graph?.edges ?? [];
    expect(edges.filter(({ from }) => from === alone)).toEqual([]);
    expect(edges.find(({ to }) => to === alone)).toMatchObject({ way: 'holds', state: 'broken' });
  });

  it('says of a target role that was not read that what it may do is not known', () => {
    const snapshot = demoSnapshot();
    const targets = snapshot.accounts.flatMap(({ regions = [] }) =>
      regions.flatMap(({ clusters = [] }) =>
        clusters.flatMap(({ podIdentityAssociations = [] }) =>
          podIdentityAssociations.flatMap((one) => one.targetRoleArn ?? []),
        ),
      ),
    );
    expect(targets.length).toBeGreaterThan(0);
    const accounts = snapshot.accounts.map((account) => ({
      ...account,
      ...(account.roles !== undefined && {
        roles: account.roles.filter(({ arn }) => !targets.includes(arn)),
      }),
    }));
    const { graph } = reportData({
      audit: judged,
      takenAt: '',
      version: '',
      partitions: new Map(),
      estate: buildEstate({ ...snapshot, accounts }),
    });
    const target = graph?.nodes.findIndex(({ name }) => targets.includes(name)) ?? -1;
    expect(graph?.nodes[target]).toMatchObject({ kind: 'role', grade: 'unknown' });
    expect(graph?.edges.find(({ from, way }) => from === target && way === 'grants')).toMatchObject({
      state: 'unknown',
    });
  });
});
