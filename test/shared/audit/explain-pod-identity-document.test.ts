import { describe, expect, it } from 'vitest';
import { explainDocument } from '../../../shared/audit/explain.ts';
import { compile } from '../../../shared/iam/compile.ts';
import { decide } from '../../../shared/iam/evaluate.ts';
import { parsePolicy } from '../../../shared/iam/parse.ts';
import { podIdentityRequests } from '../../../shared/iam/requests.ts';
import { ACCOUNT, allow, doc, equals, type Statement, SUBJECT } from './trust-cases.ts';

const CLUSTER = `arn:aws:eks:eu-west-1:${ACCOUNT}:cluster/prod`;
const SERVICE = 'pods.eks.amazonaws.com';
const QUESTION = {
  mechanism: 'pod-identity',
  clusterArn: CLUSTER,
  namespace: 'shop',
  serviceAccount: 'api',
} as const;

const pods = (Condition?: Record<string, unknown>, more: Statement = {}): Statement => ({
  Effect: 'Allow',
  Principal: { Service: SERVICE },
  Action: ['sts:AssumeRole', 'sts:TagSession'],
  ...(Condition ? { Condition } : {}),
  ...more,
});
const tag = (name: string) => `aws:RequestTag/${name}`;

interface Case {
  readonly name: string;
  readonly policy: string;
  readonly check?: string;
  readonly rule?: string | null;
  readonly unknown?: true;
  readonly repairable?: false;
}

const CASES: readonly Case[] = [
  { name: 'the policy of the user guide works', policy: doc(pods()) },
  {
    name: 'the two actions in two statements work',
    policy: doc(pods(undefined, { Action: 'sts:AssumeRole' }), pods(undefined, { Action: 'sts:TagSession' })),
  },
  { name: 'sts:* works', policy: doc(pods(undefined, { Action: 'sts:*' })) },
  {
    name: 'the service in a list works',
    policy: doc(pods(undefined, { Principal: { Service: ['ec2.amazonaws.com', SERVICE] } })),
  },
  { name: 'the cluster by ArnEquals works', policy: doc(pods({ ArnEquals: { 'aws:SourceArn': CLUSTER } })) },
  {
    name: 'any cluster of the account by ArnLike works',
    policy: doc(pods({ ArnLike: { 'aws:SourceArn': `arn:aws:eks:*:${ACCOUNT}:cluster/*` } })),
  },
  {
    name: 'ArnEquals takes wildcards',
    policy: doc(pods({ ArnEquals: { 'aws:SourceArn': `arn:aws:eks:*:${ACCOUNT}:cluster/pr*` } })),
  },
  { name: 'the account works', policy: doc(pods({ StringEquals: { 'aws:SourceAccount': ACCOUNT } })) },
  {
    name: 'tags of namespace and ServiceAccount work',
    policy: doc(
      pods({
        StringEquals: {
          [tag('kubernetes-namespace')]: ['shop'],
          [tag('kubernetes-service-account')]: ['api'],
        },
      }),
    ),
  },
  {
    name: 'the tag of the cluster name works',
    policy: doc(pods({ StringEquals: { [tag('eks-cluster-name')]: 'prod' } })),
  },
  { name: 'a web identity statement beside it does no harm', policy: doc(allow(equals(SUBJECT)), pods()) },
  {
    name: 'a pod name decides',
    policy: doc(pods({ StringLike: { [tag('kubernetes-pod-name')]: 'api-*' } })),
    unknown: true,
  },
  {
    name: 'only AssumeRole lacks TagSession',
    policy: doc(pods(undefined, { Action: 'sts:AssumeRole' })),
    check: 'trust-action',
    rule: 'no-untrusted-association',
  },
  {
    name: 'only TagSession lacks AssumeRole',
    policy: doc(pods(undefined, { Action: 'sts:TagSession' })),
    check: 'trust-action',
    rule: 'no-wrong-assume-action',
  },
  {
    name: 'AssumeRoleWithWebIdentity for the service',
    policy: doc(pods(undefined, { Action: 'sts:AssumeRoleWithWebIdentity' })),
    check: 'trust-action',
    rule: 'no-wrong-assume-action',
  },
  {
    name: 'the service eks.amazonaws.com',
    policy: doc(pods(undefined, { Principal: { Service: 'eks.amazonaws.com' } })),
    check: 'trust-principal',
    rule: 'no-untrusted-association',
  },
  {
    name: 'the service pods.eks.amazonaws.com.cn',
    policy: doc(pods(undefined, { Principal: { Service: `${SERVICE}.cn` } })),
    check: 'trust-principal',
    rule: 'no-untrusted-association',
  },
  {
    name: 'only a web identity statement',
    policy: doc(allow(equals(SUBJECT))),
    check: 'trust-principal',
    rule: 'no-untrusted-association',
  },
  {
    name: 'another cluster',
    policy: doc(pods({ ArnEquals: { 'aws:SourceArn': CLUSTER.replace('prod', 'stage') } })),
    check: 'trust-conditions',
    rule: 'no-untrusted-association',
  },
  {
    name: 'another region',
    policy: doc(pods({ ArnEquals: { 'aws:SourceArn': CLUSTER.replace('eu-west-1', 'us-east-1') } })),
    check: 'trust-conditions',
    rule: 'no-untrusted-association',
  },
  {
    name: 'another account',
    policy: doc(pods({ StringEquals: { 'aws:SourceAccount': '444455556666' } })),
    check: 'trust-conditions',
    rule: 'no-untrusted-association',
  },
  {
    name: 'another namespace',
    policy: doc(pods({ StringEquals: { [tag('kubernetes-namespace')]: 'stage' } })),
    check: 'trust-conditions',
    rule: 'no-untrusted-association',
  },
  {
    name: 'a wildcard cluster under StringEquals',
    policy: doc(pods({ StringEquals: { 'aws:SourceArn': `arn:aws:eks:eu-west-1:${ACCOUNT}:cluster/*` } })),
    check: 'trust-conditions',
    rule: 'no-literal-wildcard',
  },
  {
    name: 'a wildcard namespace under StringEquals',
    policy: doc(pods({ StringEquals: { [tag('kubernetes-namespace')]: 'sh*' } })),
    check: 'trust-conditions',
    rule: 'no-literal-wildcard',
  },
  {
    name: 'keys of web identities',
    policy: doc(pods(equals(SUBJECT))),
    check: 'trust-conditions',
    rule: 'no-mismatched-condition-key',
  },
  {
    name: 'a tag that EKS does not pass',
    policy: doc(pods({ StringEquals: { [tag('namespace')]: 'shop' } })),
    check: 'trust-conditions',
    rule: 'no-unsatisfiable-trust',
  },
  {
    name: 'an organization, which a service does not have',
    policy: doc(pods({ StringEquals: { 'aws:PrincipalOrgID': 'o-1' } })),
    check: 'trust-conditions',
    rule: 'no-unsatisfiable-trust',
  },
  {
    name: 'a Deny of the service',
    policy: doc(pods(), pods(undefined, { Effect: 'Deny' })),
    check: 'trust-deny',
    rule: 'no-unsatisfiable-trust',
    repairable: false,
  },
  {
    name: 'conditions on one tag that exclude each other',
    policy: doc(
      pods({
        StringEquals: { 'aws:RequestTag/kubernetes-namespace': 'shop' },
        StringNotEquals: { 'aws:RequestTag/kubernetes-namespace': 'shop' },
      }),
    ),
    check: 'trust-conditions',
    rule: 'no-unsatisfiable-trust',
  },
  {
    name: 'the service in capitals, which AWS compares exactly',
    policy: doc({ ...pods(), Principal: { Service: 'Pods.EKS.amazonaws.com' } }),
    check: 'trust-principal',
    rule: 'no-untrusted-association',
  },
  { name: 'no JSON', policy: 'x', check: 'trust-policy', rule: 'no-invalid-trust-policy', repairable: false },
];

describe('one trust policy alone, for Pod Identity', () => {
  it.each(CASES.map((one) => [one.name, one] as const))('%s', (_, one) => {
    const verdict = one.unknown ? 'unknown' : one.check === undefined ? 'works' : 'broken';
    const { verdict: found, reason, sides } = explainDocument(one.policy, QUESTION);
    expect({ found, check: reason?.check, rule: reason?.rule }).toEqual({
      found: verdict,
      check: one.check,
      rule: one.rule,
    });
    expect(sides).toEqual({ aws: verdict, kubernetes: 'unknown' });
  });

  it.each(
    CASES.filter(({ check, repairable }) => check && repairable !== false).map(
      (one) => [one.name, one] as const,
    ),
  )('its repair lets in this association and no other: %s', (_, { policy }) => {
    const { repair } = explainDocument(policy, QUESTION);
    const after = repair?.after ?? '';
    expect(explainDocument(after, QUESTION).verdict).toBe('works');
    const others: Parameters<typeof admits>[1][] = [
      { namespace: 'other' },
      { serviceAccount: 'other' },
      { clusterArn: CLUSTER.replace('prod', 'dev') },
    ];
    for (const other of others) {
      expect(admits(after, other)).toBe(admits(policy, other) || addsTagsAlone(policy));
    }
  });
});

/** Where the first call was open to all and only the tags were missing, the repair opens nothing new but the tags. */
function addsTagsAlone(policy: string): boolean {
  return policy === doc(pods(undefined, { Action: 'sts:AssumeRole' }));
}

function admits(
  text: string,
  other: { namespace?: string; serviceAccount?: string; clusterArn?: string },
): boolean {
  const { policy } = parsePolicy(text, 'trust');
  if (policy === null) return false;
  const { assume, tagSession } = podIdentityRequests({ ...QUESTION, ...other, account: ACCOUNT, tags: true });
  const compiled = compile(policy);
  return [assume, tagSession].every((request) => request !== null && decide(compiled, request) === 'allowed');
}

describe('a role of another account than the cluster', () => {
  it('cannot be associated, whatever its trust policy says', () => {
    const { verdict, reason } = explainDocument(doc(pods()), { ...QUESTION, account: '444455556666' });
    expect([verdict, reason?.check, reason?.rule]).toEqual([
      'broken',
      'association-role',
      'no-missing-association-role',
    ]);
    expect(explainDocument(doc(pods()), { ...QUESTION, account: ACCOUNT }).verdict).toBe('works');
  });
});
