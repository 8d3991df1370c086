import { describe, expect, it } from 'vitest';
import { explainServiceAccount } from '../../shared/audit/explain.ts';
import { explainAccess } from '../../shared/audit/explain-access.ts';
import type { Explanation } from '../../shared/audit/explanation.ts';
import { buildEstate } from '../../shared/estate/build-estate.ts';
import type { ClusterView } from '../../shared/estate/estate.ts';
import { parsePrincipal } from '../../shared/identity/access/principal.ts';
import { accessOf } from '../../shared/identity/access/ways.ts';
import { PLANTED } from '../../simulator/demo/faults.ts';
import { demoSnapshot } from '../../simulator/demo/organization.ts';
import { CONTRACTOR } from '../../simulator/demo/places.ts';

// With Kubernetes read, every question about the demo ends: whoever asks is told works or broken, and why.

const estate = buildEstate(demoSnapshot());

const serviceAccounts = estate.clusters.flatMap((cluster) =>
  (cluster.kubernetes.data.serviceAccounts ?? []).map(({ namespace, name }) => {
    const title = `${namespace}/${name} of ${cluster.cluster.name}`;
    return [title, explainServiceAccount(estate, { cluster, namespace, serviceAccount: name })] as const;
  }),
);

/** Every role of the organization, every principal that an entry or a row names, and a user whom nobody knows. */
function principalsOf(cluster: ClusterView): string[] {
  const named = accessOf(cluster).ways.flatMap(({ who }) => (who === null ? [] : [who.arn]));
  const user = `arn:aws:iam::${cluster.account.id}:user/nobody`;
  return [...new Set([...estate.roles.map(({ role }) => role.arn), ...named, user])];
}

const principals = estate.clusters.flatMap((cluster) =>
  principalsOf(cluster).map((arn) => {
    const principal = parsePrincipal(arn);
    if (principal === null) throw new Error(`${arn} is no principal`);
    return [`${arn} into ${cluster.cluster.name}`, explainAccess(estate, { cluster, principal })] as const;
  }),
);

const unknowns = ({ verdict, steps }: Explanation): string[] => [
  ...(verdict === 'unknown' ? ['verdict'] : []),
  ...steps.filter(({ status }) => status === 'unknown').map(({ check, detail }) => `${check}: ${detail}`),
];

const verdicts = (answers: readonly (readonly [string, Explanation])[], verdict: Explanation['verdict']) =>
  answers.filter(([, answer]) => answer.verdict === verdict).map(([title]) => title);

describe('the demo explained', () => {
  it('has ServiceAccounts with IRSA, with Pod Identity and with neither', () => {
    const kinds = new Set(serviceAccounts.map(([, { mechanism }]) => mechanism));
    expect(kinds).toEqual(new Set(['irsa', 'pod-identity', 'none']));
    expect(serviceAccounts.length).toBeGreaterThan(100);
  });

  it('ends in works or broken, without an unknown step, for every ServiceAccount', () => {
    expect(
      serviceAccounts.flatMap(([title, answer]) => unknowns(answer).map((what) => [title, what])),
    ).toEqual([]);
    for (const verdict of ['works', 'broken'] as const)
      expect(verdicts(serviceAccounts, verdict).length, verdict).toBeGreaterThan(20);
  });

  it('says no ServiceAccount broken that has an identity, but for a planted fault', () => {
    const rules = new Set(PLANTED.map(({ rule }) => rule));
    const broken = serviceAccounts.filter(
      ([, { verdict, mechanism }]) => verdict === 'broken' && mechanism !== 'none',
    );
    expect(broken.filter(([, { reason }]) => !rules.has(reason?.rule ?? '')).map(([title]) => title)).toEqual(
      [],
    );
  });

  it('ends in works or broken for every principal whose account was read', () => {
    const read = principals.filter(([title]) => !title.includes(CONTRACTOR));
    expect(read.flatMap(([title, answer]) => unknowns(answer).map((what) => [title, what]))).toEqual([]);
    expect(verdicts(read, 'works')).toHaveLength(18);
    expect(verdicts(read, 'broken').length).toBeGreaterThan(500);
  });

  it('does not claim to know whether a principal of a stranger was made again', () => {
    const open = principals.filter(([, { verdict }]) => verdict === 'unknown');
    expect(open.map(([title]) => title)).toEqual([
      `arn:aws:iam::${CONTRACTOR}:role/load-testing into staging-shop`,
    ]);
    expect(open[0]?.[1].steps.find(({ status }) => status === 'unknown')?.detail).toMatch(/made again/);
  });

  it.each([
    ['edge-operators', 'prod-edge', 'no-tombstoned-access-entry'],
    ['delivery/prod-shop-release', 'prod-shop', 'no-role-path-in-aws-auth'],
    ['prod-data-auditor', 'prod-data', 'no-powerless-access-entry'],
    ['prod-data-analyst', 'prod-data', 'no-unbound-group'],
    ['staging-shop-gpu-node', 'staging-shop', 'no-wrong-entry-type'],
  ])('names the planted fault that keeps %s out of %s', (role, cluster, rule) => {
    const [, answer] = principals.find(([title]) => title.endsWith(`${role} into ${cluster}`)) ?? [];
    expect(answer).toMatchObject({ verdict: 'broken', reason: { rule } });
    expect(answer?.repair?.text).toBeTruthy();
  });
});
