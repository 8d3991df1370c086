import { describe, expect, it } from 'vitest';
import { explainDocument } from '../../../shared/audit/explain.ts';
import { explanationSchema } from '../../../shared/audit/explanation.ts';
import { compare } from '../../../shared/iam/compare.ts';
import { compile } from '../../../shared/iam/compile.ts';
import { decide } from '../../../shared/iam/evaluate.ts';
import { parsePolicy } from '../../../shared/iam/parse.ts';
import { webIdentityRequest } from '../../../shared/iam/requests.ts';
import { parseIssuer } from '../../../shared/identity/issuer.ts';
import { partitionOfRegion } from '../../../shared/identity/partitions.ts';
import {
  ACCOUNT,
  allow,
  CASES,
  type Case,
  doc,
  ISSUER,
  keys,
  provider,
  STS,
  SUBJECT,
} from './trust-cases.ts';

const questionOf = ({
  issuer = ISSUER,
  namespace = 'shop',
  serviceAccount = 'api',
  audience,
  account,
}: Case) => ({
  mechanism: 'irsa' as const,
  issuer: `https://${issuer}`,
  namespace,
  serviceAccount,
  ...(audience === undefined ? {} : { audience }),
  ...(account === undefined ? {} : { account }),
});

const explain = (one: Case, policy = one.policy) => explainDocument(policy, questionOf(one));

/** The verdict by evaluation alone: the canonical request, without any diagnosis. */
function byEvaluation(one: Case): string {
  const issuer = parseIssuer(one.issuer ?? ISSUER);
  const { policy } = parsePolicy(one.policy, 'trust');
  if (policy === null) return 'broken';
  const partition = issuer.eks === undefined ? 'aws' : partitionOfRegion(issuer.eks.region);
  const account = one.account ?? /::(\d{12}):oidc-provider/.exec(one.policy)?.[1] ?? ACCOUNT;
  const request = webIdentityRequest({
    provider: provider(issuer.key, account, partition),
    issuerKey: issuer.key,
    subject: `system:serviceaccount:${one.namespace ?? 'shop'}:${one.serviceAccount ?? 'api'}`,
    audience: one.audience ?? STS,
    roleArn: `arn:${partition}:iam::${account}:role/role`,
  });
  return { allowed: 'works', denied: 'broken', undecided: 'unknown' }[decide(compile(policy), request)];
}

describe('one trust policy alone', () => {
  it('has a table of many cases, each with a name of its own', () => {
    expect(CASES.length).toBeGreaterThanOrEqual(120);
    expect(new Set(CASES.map(({ name }) => name)).size).toBe(CASES.length);
  });

  it.each(CASES.map((one) => [one.name, one] as const))('%s', (_, one) => {
    const explanation = explain(one);
    expect(explanationSchema.parse(explanation)).toEqual(explanation);
    expect({
      verdict: explanation.verdict,
      check: explanation.reason?.check,
      rule: explanation.reason?.rule,
    }).toEqual({ verdict: one.verdict, check: one.check, rule: one.rule });
    expect(explanation.sides).toEqual({ aws: one.verdict, kubernetes: 'unknown' });
  });

  it.each(CASES.map((one) => [one.name, one] as const))('the evaluator agrees: %s', (_, one) => {
    expect(explain(one).verdict).toBe(byEvaluation(one));
  });

  const repairable = CASES.filter(({ verdict, repairable: can }) => verdict === 'broken' && can !== false);

  it.each(repairable.map((one) => [one.name, one] as const))('its repair works: %s', (_, one) => {
    const { repair } = explain(one);
    expect(repair?.after).toBeDefined();
    const after = repair?.after ?? '';
    const account = one.account ?? /::(\d{12}):oidc-provider/.exec(one.policy)?.[1] ?? '000000000000';
    expect(explain({ ...one, account }, after).verdict).toBe('works');
    const before = parsePolicy(repair?.before ?? '', 'trust').policy;
    const repaired = parsePolicy(after, 'trust').policy;
    if (before === null || repaired === null) throw new Error('both parse');
    const comparison = compare(before, repaired);
    const gained = 'gained' in comparison ? comparison.gained : undefined;
    const { issuer = ISSUER, namespace = 'shop', serviceAccount = 'api' } = one;
    expect(gained?.context[`${issuer.toLowerCase()}:sub`]).toBe(
      `system:serviceaccount:${namespace}:${serviceAccount}`,
    );
  });

  it.each(CASES.filter(({ repairable: can }) => can === false).map((one) => [one.name, one] as const))(
    'no edit is offered: %s',
    (_, one) => {
      expect(explain(one).repair?.after).toBeUndefined();
      expect(explain(one).repair?.text).toBeTruthy();
    },
  );
});

it('a trust policy that is for others names them', () => {
  const instances = {
    Effect: 'Allow',
    Principal: { Service: 'ec2.amazonaws.com' },
    Action: 'sts:AssumeRole',
  };
  const { reason } = explainDocument(doc(instances), questionOf({ name: '', policy: '', verdict: 'broken' }));
  expect(reason?.detail).toContain('It names ec2.amazonaws.com.');
});

describe('conditions on keys that a token never brings', () => {
  const asking = (Condition: Record<string, Record<string, unknown>>) =>
    explainDocument(
      doc(allow({ ...Condition, StringEquals: { ...keys(SUBJECT), ...Condition['StringEquals'] } })),
      questionOf({ name: '', policy: '', verdict: 'broken' }),
    );

  it.each([
    ['aws:SourceAccount', 'which services send'],
    ['aws:PrincipalOrgID', 'no AWS principal yet'],
    ['sts:ExternalId', 'takes no external id'],
    ['aws:RequestTag/kubernetes-namespace', 'the subject names namespace and ServiceAccount'],
  ])('%s: it says why, and takes that condition out and nothing else', (key, why) => {
    const { reason, repair } = asking({ StringEquals: { [key]: 'x' } });
    expect(reason?.detail).toContain(why);
    expect(JSON.parse(repair?.after ?? '').Statement).toEqual([allow({ StringEquals: keys(SUBJECT) })]);
  });

  it('stay where a service shares the statement, for which they may be right', () => {
    const both = { Federated: provider(), Service: 'pods.eks.amazonaws.com' };
    const policy = doc(
      allow({ StringEquals: { ...keys(SUBJECT), 'aws:SourceAccount': ACCOUNT } }, { Principal: both }),
    );
    const { repair } = explainDocument(policy, questionOf({ name: '', policy, verdict: 'broken' }));
    expect(JSON.parse(repair?.after ?? '').Statement[0]).toEqual(JSON.parse(policy).Statement[0]);
  });

  it.each([
    ['StringNotEquals', 'aws:PrincipalOrgID', 'o-abcdefghij'],
    ['BoolIfExists', 'aws:MultiFactorAuthPresent', 'false'],
  ])('%s on %s makes a Deny hold, and it says so', (operator, key, value) => {
    const deny = { Effect: 'Deny', Principal: '*', Action: '*', Condition: { [operator]: { [key]: value } } };
    const policy = doc(allow({ StringEquals: keys(SUBJECT) }), deny);
    const { reason } = explainDocument(policy, questionOf({ name: '', policy, verdict: 'broken' }));
    expect(reason).toMatchObject({ check: 'trust-deny' });
    expect(reason?.detail).toContain(`${operator} ${key} holds, since the request does not carry that key`);
  });
});

describe('condition keys of others', () => {
  const asked = (policy: string) =>
    explainDocument(policy, questionOf({ name: '', policy, verdict: 'broken' }));

  it('of another provider in the same statement are not to be renamed: each provider needs a statement', () => {
    const other = 'oidc.eks.eu-west-1.amazonaws.com/id/0000000000000000000000000000ABCD';
    const both = { Federated: [provider(), provider(other)] };
    const { reason, repair } = asked(
      doc(allow({ StringEquals: keys(SUBJECT, STS, other) }, { Principal: both })),
    );
    expect(reason?.rule).toBe('no-mismatched-condition-key');
    expect(reason?.detail).toContain('Give each provider a statement of its own');
    expect(reason?.detail).not.toContain('It should be');
    expect(JSON.parse(repair?.after ?? '').Statement).toHaveLength(2);
  });

  it.each([
    ['cognito-identity.amazonaws.com:amr', 'it is of another identity provider'],
    [`${ISSUER}:kubernetes.io/namespace`, 'and no others'],
  ])('%s beside the subject is taken out, and no subject put in its place', (key, words) => {
    const policy = doc(allow({ StringEquals: keys(SUBJECT), StringLike: { [key]: 'shop' } }));
    const { reason, repair } = asked(policy);
    expect(reason).toMatchObject({ check: 'trust-conditions', rule: 'no-mismatched-condition-key' });
    expect(reason?.detail).toContain(words);
    expect(JSON.parse(repair?.after ?? '').Statement).toEqual([allow({ StringEquals: keys(SUBJECT) })]);
  });

  it('a claim of its own in the place of the subject: a statement with the subject takes the place of the dead one', () => {
    const policy = doc(
      allow({ StringEquals: { [`${ISSUER}:aud`]: STS, [`${ISSUER}:kubernetes.io/namespace`]: 'shop' } }),
    );
    const { reason, repair } = asked(policy);
    expect(reason?.detail).toContain(`Ask for "${ISSUER}:sub" instead`);
    expect(repair?.text).toContain('in the place of statement 1 of the trust policy, which admits nobody');
    expect(JSON.parse(repair?.after ?? '').Statement).toEqual([allow({ StringEquals: keys(SUBJECT) })]);
  });
});

describe('a dead statement for Pod Identity', () => {
  const CLUSTER = 'arn:aws:eks:eu-west-1:111122223333:cluster/shop';
  const narrow = {
    Effect: 'Allow',
    Principal: { Service: 'pods.eks.amazonaws.com' },
    Action: ['sts:AssumeRole', 'sts:TagSession'],
    Condition: {
      StringEquals: {
        'aws:SourceAccount': ACCOUNT,
        'aws:RequestTag/kubernetes-namespace': 'shop',
        'aws:RequestTag/kubernetes-service-account': 'api',
      },
      ArnEquals: { 'aws:SourceArn': CLUSTER },
    },
  };
  const asking = (source: string, ...others: Parameters<typeof doc>) => {
    const Condition = { ArnLike: { 'aws:SourceArn': source } };
    return explainDocument(doc({ ...narrow, Sid: 'Pods', Condition }, ...others), {
      mechanism: 'pod-identity',
      clusterArn: CLUSTER,
      namespace: 'shop',
      serviceAccount: 'api',
    });
  };
  const ASSOCIATION = 'arn:aws:eks:*:111122223333:podidentityassociation/shop/*';
  const OLD = 'arn:aws:eks:eu-west-1:111122223333:cluster/old';
  const people = { Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole' };

  it('is replaced where no source of EKS can meet it, its Sid kept and the others untouched', () => {
    const { repair } = asking(ASSOCIATION, people);
    expect(repair?.text).toContain('in the place of statement 1');
    expect(JSON.parse(repair?.after ?? '').Statement).toEqual([{ Sid: 'Pods', ...narrow }, people]);
  });

  it.each([
    ['it admits another cluster', [OLD, ASSOCIATION]],
    ['the cluster that it admits may come back', [OLD]],
  ])('stays where %s', (_, sources) => {
    const [source = '', ...more] = sources;
    const Condition = { ArnLike: { 'aws:SourceArn': [source, ...more] } };
    const policy = doc({ ...narrow, Condition });
    const { repair } = explainDocument(policy, {
      mechanism: 'pod-identity',
      clusterArn: CLUSTER,
      namespace: 'shop',
      serviceAccount: 'api',
    });
    const { Statement } = JSON.parse(repair?.after ?? '');
    expect(Statement).toEqual([{ ...narrow, Condition }, narrow]);
  });
});
