import fc from 'fast-check';
import type { Config } from '../../shared/config/config.ts';
import type { Snapshot } from '../../shared/estate/snapshot.ts';
import {
  ACCOUNT,
  CLUSTER_ARN,
  estateOf,
  ISSUER,
  type Json,
  PROVIDER,
  podIdentityStatement,
  ROLE_ARN,
  role,
} from '../../shared/rules/examples/estate.ts';
import { clusterWith, serviceAccount } from '../../shared/rules/examples/kubernetes.ts';
import { withForeign } from './foreign.ts';

/** An issuer whose cluster is gone. */
const GONE = 'oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF';

const NAMES = [
  ['shop', 'checkout'],
  ['shop', 'cart'],
  ['data', 'etl'],
  ['kube-system', 'dns'],
] as const;

const SUBJECTS = [
  ...NAMES.map(([namespace, name]) => `system:serviceaccount:${namespace}:${name}`),
  'system:serviceaccount:shop:*',
  'system:serviceaccount:*',
  'system:serviceaccount:shop/checkout',
  'shop:checkout',
];

const subjectOperator = fc.constantFrom(
  'StringEquals',
  'StringEquals',
  'StringLike',
  'StringNotLike',
  'StringEqualsIfExists',
  'ForAllValues:StringEquals',
  '',
);

const webStatement: fc.Arbitrary<Json> = fc
  .record({
    effect: fc.constantFrom('Allow', 'Allow', 'Allow', 'Allow', 'Deny'),
    issuer: fc.constantFrom(ISSUER, ISSUER, GONE),
    keyed: fc.constantFrom('', '', '', 'https://'),
    action: fc.constantFrom<Json>(
      'sts:AssumeRoleWithWebIdentity',
      'sts:AssumeRoleWithWebIdentity',
      ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'],
      'sts:AssumeRole',
    ),
    operator: subjectOperator,
    subjects: fc.uniqueArray(fc.constantFrom(...SUBJECTS), { minLength: 1, maxLength: 3 }),
    audience: fc.constantFrom('sts.amazonaws.com', 'sts.amazonaws.com', 'sts.amazon.com', ''),
    sid: fc.option(fc.constantFrom('A', 'Web'), { nil: undefined }),
  })
  .map(({ effect, issuer, keyed, action, operator, subjects, audience, sid }): Json => {
    const condition: Record<string, Record<string, Json>> = {};
    if (audience !== '') condition['StringEquals'] = { [`${issuer}:aud`]: audience };
    if (operator !== '')
      condition[operator] = {
        ...condition[operator],
        [`${keyed}${issuer}:sub`]: subjects.length === 1 ? (subjects[0] ?? '') : subjects,
      };
    return {
      ...(sid === undefined ? {} : { Sid: sid }),
      Effect: effect,
      Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${issuer}` },
      Action: action,
      ...(Object.keys(condition).length > 0 && { Condition: condition }),
    };
  });

const unrelated: fc.Arbitrary<Json> = fc.constantFrom<Json>(
  { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
  {
    Sid: 'Deploy',
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/deploy` },
    Action: 'sts:AssumeRole',
  },
  { Effect: 'Allow', Principal: { AWS: 'AROAEXAMPLEID00000001' }, Action: 'sts:AssumeRole' },
  podIdentityStatement(),
);

export interface PlannedCase {
  readonly snapshot: Snapshot;
  /** Whether statements of somebody else stand around those of the trust policy. */
  readonly foreign: boolean;
  /** Subjects of the sessions that were observed, all of them by the issuer of the cluster. */
  readonly observed: readonly string[];
  readonly bindings: NonNullable<Config['bindings']>;
}

const named = fc.subarray([...NAMES]);

/** Estates of one role with a random trust policy, random users of it and random bindings. */
export const plannedCase: fc.Arbitrary<PlannedCase> = fc
  .record({
    statements: fc.array(
      fc.oneof({ weight: 4, arbitrary: webStatement }, { weight: 1, arbitrary: unrelated }),
      {
        minLength: 1,
        maxLength: 3,
      },
    ),
    indent: fc.constantFrom(undefined, 2, 4, '\t'),
    exists: named,
    annotated: named,
    declared: named,
    byArn: fc.boolean(),
    seen: named,
    quota: fc.constantFrom(2048, 4096),
    foreign: fc.boolean(),
  })
  .map(({ statements, indent, exists, annotated, declared, byArn, seen, quota, foreign }) => {
    const accounts = [...new Set([...exists, ...annotated])].map(([namespace, name]) =>
      serviceAccount({
        namespace,
        name,
        annotations: annotated.some((one) => one[0] === namespace && one[1] === name)
          ? { 'eks.amazonaws.com/role-arn': ROLE_ARN }
          : {},
      }),
    );
    const own = JSON.stringify({ Version: '2012-10-17', Statement: statements }, null, indent);
    const trustPolicy = foreign ? withForeign(own) : own;
    const base = estateOf({
      roles: [role({ trustPolicy })],
      clusters: [clusterWith({ serviceAccounts: accounts })],
      quotas: { trustPolicyLength: quota },
      complete: true,
    });
    const sessions = seen.map(([namespace, name]) => ({
      role: ROLE_ARN,
      via: 'web-identity' as const,
      issuer: ISSUER,
      region: 'eu-west-1',
      subject: `system:serviceaccount:${namespace}:${name}`,
      first: base.takenAt,
      last: base.takenAt,
    }));
    const observed = {
      sessions: {
        source: 'pipeline' as const,
        since: '2025-01-01T00:00:00Z',
        complete: true,
        seen: sessions,
      },
    };
    return {
      foreign,
      observed: sessions.map(({ subject }) => subject),
      snapshot: { ...base, accounts: base.accounts.map((account) => ({ ...account, observed })) },
      bindings: declared.map(([namespace, name]) => ({
        cluster: byArn ? CLUSTER_ARN : 'shop',
        namespace,
        serviceAccount: name,
        role: ROLE_ARN,
      })),
    };
  });

/** Everybody who could ask for the role. */
export const WEB_CALLERS = [ISSUER, GONE].flatMap((issuer) =>
  ['sts.amazonaws.com', 'sts.amazon.com'].flatMap((audience) =>
    [
      ...NAMES.map(([namespace, name]) => `system:serviceaccount:${namespace}:${name}`),
      'system:serviceaccount:evil:x',
      'system:serviceaccount:shop:x',
    ].map((subject) => ({
      provider: PROVIDER.replace(ISSUER, issuer),
      issuerKey: issuer,
      subject,
      audience,
    })),
  ),
);
