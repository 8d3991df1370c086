import { describe, expect, it } from 'vitest';
import type { Account, Role, Snapshot } from '../../../shared/estate/snapshot.ts';
import { autoEligibility } from '../../../shared/plans/auto-eligibility.ts';
import { planFinding } from '../../../shared/plans/plan-finding.ts';
import {
  CLUSTER_ARN,
  estateOf,
  ISSUER,
  irsaStatement,
  ROLE_ARN,
  role,
  trustPolicy,
} from '../../../shared/rules/examples/estate.ts';
import { clusterWith, serviceAccount } from '../../../shared/rules/examples/kubernetes.ts';
import { contextOf, onlyPlan } from '../../support/planning.ts';

const NOW = '2026-11-22T00:00:00Z';
const wide = trustPolicy(
  irsaStatement({
    Condition: {
      StringLike: { [`${ISSUER}:sub`]: 'system:serviceaccount:shop:*' },
      StringEquals: { [`${ISSUER}:aud`]: 'sts.amazonaws.com' },
    },
  }),
);
type Sessions = NonNullable<NonNullable<Account['observed']>['sessions']>;
const session = (subject: string, last = '2026-11-20T00:00:00Z') => ({
  role: ROLE_ARN,
  via: 'web-identity' as const,
  issuer: ISSUER,
  region: 'eu-west-1',
  subject: `system:serviceaccount:${subject}`,
  first: '2026-10-01T00:00:00Z',
  last,
});

function observing(sessions: Partial<Sessions> | null, changes: Partial<Role> = {}): Snapshot {
  const base = estateOf({
    roles: [role({ trustPolicy: wide, ...changes })],
    clusters: [clusterWith({ serviceAccounts: [serviceAccount()] })],
  });
  if (sessions === null) return base;
  const whole: Sessions = {
    source: 'pipeline',
    since: '2026-01-01T00:00:00Z',
    complete: true,
    seen: [],
    ...sessions,
  };
  return {
    ...base,
    accounts: base.accounts.map((account) => ({ ...account, observed: { sessions: whole } })),
  };
}

describe('a plan that takes access away', () => {
  const declared = (serviceAccount: string, cluster = CLUSTER_ARN) => ({
    cluster,
    namespace: 'shop',
    serviceAccount,
    role: ROLE_ARN,
  });
  const answer = (snapshot: Snapshot, bindings = [declared('checkout')]) => {
    const context = contextOf(snapshot, bindings, { now: NOW });
    const plan = onlyPlan('no-wildcard-subject', context);
    return { plan, auto: autoEligibility(plan, context) };
  };

  it('runs unattended when a complete record of 90 days shows nobody else', () => {
    const { plan, auto } = answer(observing({ seen: [session('shop:checkout')] }));
    expect(plan.proof.rehearsal).toMatchObject({ sessions: 1, broken: [], complete: true });
    expect(auto).toEqual({ eligible: true });
  });

  it.each<[string, string | null, boolean]>([
    ['by the ARN of the cluster', CLUSTER_ARN, true],
    ['by its name', 'shop', false],
    ['by nothing', null, false],
  ])('keeps whoever was observed; declared %s: unattended %s', (_, cluster, eligible) => {
    const bindings = [declared('checkout'), ...(cluster === null ? [] : [declared('cart', cluster)])];
    const sessions = { seen: [session('shop:checkout'), session('shop:cart')] };
    const { plan, auto } = answer(observing(sessions), bindings);
    expect(JSON.stringify(plan.changes)).toContain('shop:cart');
    expect(plan.proof.rehearsal).toMatchObject({ sessions: 2, broken: [] });
    expect(auto.eligible).toBe(eligible);
    if (!auto.eligible) expect(auto.reasons.join(' ')).toMatch(/It keeps system:serviceaccount:shop:cart,/);
  });

  it.each<[string, Partial<Sessions> | null, RegExp]>([
    ['nobody recorded sessions', null, /no session was observed/],
    ['the record has gaps', { complete: false, gap: 'throttled' }, /not complete/],
    ['the record is younger than 90 days', { since: '2026-10-01T00:00:00Z' }, /less than 90 days/],
    [
      'a session does not say who it was',
      { seen: [{ ...session('shop:checkout'), subject: undefined } as unknown as Sessions['seen'][number]] },
      /is not known|not decided/,
    ],
  ])('waits for a person when %s', (_, sessions, says) => {
    const { auto } = answer(observing(sessions));
    expect(auto.eligible).toBe(false);
    if (!auto.eligible) expect(auto.reasons.join(' ')).toMatch(says);
  });

  it('says how long running sessions live and how to end them', () => {
    const { plan } = answer(observing({}, { maxSessionDuration: 43_200 }));
    expect(plan.notes.join(' ')).toContain('up to 12 h');
    expect(plan.snippets.map(({ form }) => form)).toEqual(['policy']);
  });
});

describe('a widened trust policy', () => {
  const narrow = trustPolicy(irsaStatement());
  const finding = {
    fingerprint: 'f'.repeat(32),
    rule: 'no-widened-trust',
    number: 'PT-480',
    kind: 'open' as const,
    severity: 'high' as const,
    status: 'open' as const,
    account: '111122223333',
    role: ROLE_ARN,
    title: 't',
    detail: 'd',
    evidence: { baseline: narrow, baselineReadAt: NOW },
    consequences: [],
    remedy: 'r',
  };

  it('is restored byte for byte, which lets nobody in', () => {
    const context = contextOf(observing({}), undefined, { now: NOW, findings: [finding] });
    const result = planFinding(finding.fingerprint, context);
    if (result.kind !== 'plan') throw new Error(JSON.stringify(result));
    expect(result.plan.changes).toMatchObject([{ before: wide, after: narrow }]);
    expect(result.plan.proof).toMatchObject({ adds: false, removes: true });
  });

  it('is not restored unattended where that lets somebody in again whom nobody declared', () => {
    const lost = trustPolicy(
      irsaStatement({
        Condition: {
          StringEquals: {
            [`${ISSUER}:aud`]: 'sts.amazonaws.com',
            [`${ISSUER}:sub`]: 'system:serviceaccount:evil:x',
          },
        },
      }),
    );
    const one = { ...finding, evidence: { ...finding.evidence, baseline: lost } };
    const context = contextOf(observing({}), undefined, { now: NOW, findings: [one] });
    const result = planFinding(one.fingerprint, context);
    if (result.kind !== 'plan') throw new Error(JSON.stringify(result));
    expect(result.plan.intent).toMatchObject({ source: 'approver' });
    expect(autoEligibility(result.plan, context).eligible).toBe(false);
  });

  it('has no plan where what was before was not kept', () => {
    const one = { ...finding, evidence: {} };
    const context = contextOf(observing({}), undefined, { now: NOW, findings: [one] });
    expect(planFinding(one.fingerprint, context)).toMatchObject({ kind: 'declined' });
  });
});

describe('who else manages a role', () => {
  it.each<[string, Record<string, string>, string, readonly string[]]>([
    [
      'CloudFormation',
      { 'aws:cloudformation:stack-name': 's' },
      'cloudformation',
      ['cloudformation', 'policy'],
    ],
    ['Terraform', { 'managed-by': 'Terraform' }, 'terraform', ['terraform', 'policy']],
    [
      'eksctl',
      { 'alpha.eksctl.io/cluster-name': 'shop', 'aws:cloudformation:stack-name': 's' },
      'eksctl',
      ['cloudformation', 'policy'],
    ],
  ])('%s is told by tags, with the change in its language', (_, tags, owner, forms) => {
    const plan = onlyPlan('no-wildcard-subject', contextOf(observing({}, { tags }), undefined, { now: NOW }));
    expect(plan.ownership).toMatchObject([{ owner, target: ROLE_ARN }]);
    expect(plan.snippets.map(({ form }) => form)).toEqual(forms);
    expect(plan.snippets[0]?.text).toContain('system:serviceaccount:shop:checkout');
  });

  it('nothing of that is evaluated in Terraform', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: what a stranger writes into an Id.
    const hostile = wide.replace('"Version"', '"Id": "${file(\\"/etc/passwd\\")} %{ if true }", "Version"');
    const tags = { terraform: 'x' };
    const context = contextOf(observing({}, { tags, trustPolicy: hostile }), undefined, { now: NOW });
    const text = onlyPlan('no-wildcard-subject', context).snippets[0]?.text ?? '';
    expect(text).toContain('$${file(');
    expect(text).toContain('%%{ if true }');
  });

  it('a declared binding by the ARN of its cluster is given back unattended, by its name it is not', () => {
    const broken = trustPolicy(
      irsaStatement({
        Condition: {
          StringEquals: {
            [`${ISSUER}:aud`]: 'sts.amazonaws.com',
            [`${ISSUER}:sub`]: 'system:serviceaccount:shop:cart',
          },
        },
      }),
    );
    const binding = { namespace: 'shop', serviceAccount: 'checkout', role: ROLE_ARN };
    const of = (cluster: string) => {
      const context = contextOf(observing({}, { trustPolicy: broken }), [{ cluster, ...binding }], {
        now: NOW,
      });
      return autoEligibility(onlyPlan('no-untrusted-service-account', context), context).eligible;
    };
    expect([of(CLUSTER_ARN), of('shop')]).toEqual([true, false]);
  });
});
