import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainServiceAccount } from '../../../shared/audit/explain.ts';
import { buildEstate } from '../../../shared/estate/build-estate.ts';
import type { Kubernetes, ServiceAccount } from '../../../shared/estate/kubernetes-schema.ts';
import type { Cluster } from '../../../shared/estate/snapshot.ts';
import { compile } from '../../../shared/iam/compile.ts';
import { decide } from '../../../shared/iam/evaluate.ts';
import { parsePolicy } from '../../../shared/iam/parse.ts';
import { podIdentityRequests, webIdentityRequest } from '../../../shared/iam/requests.ts';
import {
  ACCOUNT,
  association,
  CLUSTER_ARN,
  estateOf,
  ISSUER,
  irsaStatement,
  type Json,
  PROVIDER,
  podIdentityStatement,
  provider,
  ROLE_ARN,
  role,
  trustPolicy,
} from '../../../shared/rules/examples/estate.ts';
import {
  clusterWith,
  container,
  IRSA_VARIABLES,
  podGroup,
  serviceAccount,
} from '../../../shared/rules/examples/kubernetes.ts';
import { ANY_POD, EC2, trusting } from '../../support/rule-estates.ts';

const KEY = 'eks.amazonaws.com/role-arn';
const AUDIENCE = 'eks.amazonaws.com/audience';
const OTHER = 'arn:aws:iam::111122223333:role/other';
const NODE = role({
  arn: 'arn:aws:iam::111122223333:role/node',
  trustPolicy: trustPolicy(EC2),
  attachedPolicies: ['arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy'],
});
const WORKERS = { name: 'workers', roleArn: NODE.arn };
const AGENT = { name: 'eks-pod-identity-agent', status: 'ACTIVE' };
const { annotations: _, ...BARE } = serviceAccount();
const annotated = (annotations: Record<string, string>): ServiceAccount => ({ ...BARE, annotations });
const forAudience = (audience: string): Json =>
  irsaStatement({
    Condition: {
      StringEquals: {
        [`${ISSUER}:aud`]: audience,
        [`${ISSUER}:sub`]: 'system:serviceaccount:shop:checkout',
      },
    },
  });
const OWN_TOKEN = { volume: 'own', audience: 'sts.amazonaws.com', path: 'token' };
const ownPods = [podGroup({ containers: [container(IRSA_VARIABLES)], tokens: [OWN_TOKEN] })];
const plainPods = [podGroup({ containers: [container({})] })];

interface Situation {
  readonly when: string;
  readonly accounts?: readonly ServiceAccount[];
  readonly kubernetes?: Partial<Kubernetes>;
  readonly trust?: readonly Json[];
  readonly cluster?: Partial<Cluster>;
  readonly clientIds?: string[];
  readonly role?: string;
  readonly is: 'works' | 'broken' | 'unknown';
  readonly mechanism?: 'irsa' | 'pod-identity' | 'none';
  readonly reason?: readonly [check: string, rule: string | null];
  readonly says?: RegExp;
  readonly repair?: RegExp;
}

const explain = (one: Situation) => {
  const kubernetes = {
    pods: [],
    ...one.kubernetes,
    serviceAccounts: [...(one.accounts ?? [serviceAccount()])],
  };
  const snapshot = trusting(one.trust ?? [irsaStatement()], {
    clusters: [clusterWith(kubernetes, { addons: [AGENT], nodegroups: [WORKERS], ...one.cluster })],
    roles: [NODE],
    oidcProviders: [provider({ clientIds: one.clientIds ?? ['sts.amazonaws.com'] })],
  });
  const estate = buildEstate(snapshot);
  const [cluster] = estate.clusters;
  if (cluster === undefined) throw new Error('the estate has a cluster');
  const role = one.role === undefined ? {} : { role: one.role };
  return explainServiceAccount(estate, { cluster, namespace: 'shop', serviceAccount: 'checkout', ...role });
};

const situations: readonly Situation[] = [
  {
    when: 'annotated with a role that trusts it',
    is: 'works',
    mechanism: 'irsa',
    says: /annotated with .*checkout/,
  },
  { when: 'the same, asked for', role: ROLE_ARN, is: 'works', mechanism: 'irsa' },
  {
    when: 'its pods run with what the webhook gave them',
    kubernetes: { pods: [podGroup({ tokens: [{ ...OWN_TOKEN, volume: 'aws-iam-token' }] })] },
    is: 'works',
  },
  {
    when: 'its token is not mounted by Kubernetes, and the one of the webhook is',
    accounts: [{ ...serviceAccount(), automount: false }],
    is: 'works',
  },
  {
    when: 'it does not exist',
    accounts: [],
    is: 'broken',
    mechanism: 'none',
    reason: ['service-account', null],
  },
  {
    when: 'it does not exist, and one of another namespace does',
    accounts: [serviceAccount({ namespace: 'shops' })],
    role: ROLE_ARN,
    is: 'broken',
    reason: ['service-account', null],
    says: /There is shops\/checkout/,
  },
  {
    when: 'it does not exist, and its role is at fault too: the ServiceAccount comes first',
    accounts: [serviceAccount({ name: 'chekout' })],
    trust: [irsaStatement({ Action: 'sts:AssumeRole' })],
    role: ROLE_ARN,
    is: 'broken',
    reason: ['service-account', null],
    says: /There is shop\/chekout/,
  },
  {
    when: 'it has no annotation, and a role names it',
    accounts: [BARE],
    is: 'broken',
    mechanism: 'none',
    reason: ['role-annotation', 'use-role-annotation'],
    repair: /kubectl -n shop annotate serviceaccount checkout .*role\/checkout/,
  },
  {
    when: 'it has no annotation, and nobody names it',
    accounts: [BARE],
    trust: [ANY_POD],
    is: 'broken',
    mechanism: 'none',
    reason: ['role-annotation', null],
    repair: /create-pod-identity-association/,
  },
  {
    when: 'the annotation is empty',
    accounts: [annotated({ [KEY]: '' })],
    is: 'broken',
    mechanism: 'none',
    reason: ['role-annotation', 'use-role-annotation'],
  },
  {
    when: 'it is annotated with another role than the one asked for',
    accounts: [annotated({ [KEY]: OTHER })],
    role: ROLE_ARN,
    is: 'broken',
    mechanism: 'irsa',
    reason: ['role-annotation', 'no-missing-annotated-role'],
    says: /annotated with .*other, not .*checkout. That role does not exist/,
  },
  {
    when: 'it is annotated with a role that does not exist',
    accounts: [annotated({ [KEY]: OTHER })],
    is: 'broken',
    reason: ['role', 'no-missing-annotated-role'],
  },
  {
    when: 'the key is misspelt',
    accounts: [annotated({ 'eks.amazonaws.com/rolearn': ROLE_ARN })],
    is: 'broken',
    mechanism: 'irsa',
    reason: ['role-annotation', 'no-invalid-role-annotation'],
    repair: /annotate serviceaccount/,
  },
  {
    when: 'the value is the ARN of a session',
    accounts: [annotated({ [KEY]: 'arn:aws:sts::111122223333:assumed-role/checkout/x' })],
    is: 'broken',
    reason: ['role-annotation', 'no-invalid-role-annotation'],
    says: /session/,
  },
  {
    when: 'the value names nothing',
    accounts: [annotated({ [KEY]: 'checkout' })],
    is: 'broken',
    mechanism: 'none',
    reason: ['role-annotation', 'no-invalid-role-annotation'],
  },
  {
    when: 'the role trusts another ServiceAccount',
    trust: [
      irsaStatement({
        Condition: { StringEquals: { [`${ISSUER}:sub`]: 'system:serviceaccount:shop:cart' } },
      }),
    ],
    is: 'broken',
    reason: ['trust-subject', 'no-untrusted-service-account'],
  },
  {
    when: 'annotation, provider and trust policy agree on an audience of their own',
    accounts: [annotated({ [KEY]: ROLE_ARN, [AUDIENCE]: 'vault' })],
    trust: [forAudience('vault')],
    clientIds: ['vault'],
    is: 'works',
  },
  {
    when: 'provider and trust policy agree on an audience that it does not ask for',
    trust: [forAudience('vault')],
    clientIds: ['vault', 'sts.amazonaws.com'],
    is: 'broken',
    reason: ['trust-audience', 'no-wrong-audience'],
  },
  {
    when: 'it asks for an audience that the provider does not accept',
    accounts: [annotated({ [KEY]: ROLE_ARN, [AUDIENCE]: 'vault' })],
    trust: [
      irsaStatement({
        Condition: { StringEquals: { [`${ISSUER}:sub`]: 'system:serviceaccount:shop:checkout' } },
      }),
    ],
    is: 'broken',
    reason: ['oidc-provider-audience', 'use-sts-audience'],
  },
  {
    when: 'an empty audience is that of the API server',
    accounts: [annotated({ [KEY]: ROLE_ARN, [AUDIENCE]: '' })],
    is: 'broken',
    says: /kubernetes\.default\.svc/,
  },
  {
    when: 'its pods bring token and variables themselves',
    accounts: [BARE],
    kubernetes: { pods: ownPods },
    is: 'works',
    mechanism: 'irsa',
    says: /No annotation is needed/,
  },
  {
    when: 'the annotation was removed after its pods had started',
    accounts: [BARE],
    kubernetes: { pods: [podGroup({ tokens: [{ ...OWN_TOKEN, volume: 'aws-iam-token' }] })] },
    is: 'broken',
    reason: ['role-annotation', 'use-role-annotation'],
  },
  {
    when: 'its pods run without what the webhook gives',
    kubernetes: { pods: plainPods },
    is: 'broken',
    reason: ['pod-identity-webhook', 'no-uninjected-pod'],
  },
  {
    when: 'an association gives it the role',
    accounts: [BARE],
    trust: [podIdentityStatement()],
    cluster: { podIdentityAssociations: [association()] },
    is: 'works',
    mechanism: 'pod-identity',
  },
  {
    when: 'association and annotation name one role, as during a migration',
    trust: [podIdentityStatement(), irsaStatement()],
    cluster: { podIdentityAssociations: [association()] },
    is: 'works',
    mechanism: 'pod-identity',
    says: /The annotation names the same role, and has no effect/,
  },
  {
    when: 'the association comes before the annotation with the role asked for',
    accounts: [annotated({ [KEY]: OTHER })],
    role: OTHER,
    trust: [podIdentityStatement()],
    cluster: { podIdentityAssociations: [association()] },
    is: 'broken',
    mechanism: 'pod-identity',
    reason: ['association-role', 'no-double-binding'],
  },
  {
    when: 'the association is of a ServiceAccount that does not exist',
    accounts: [],
    trust: [podIdentityStatement()],
    cluster: { podIdentityAssociations: [association()] },
    is: 'broken',
    mechanism: 'pod-identity',
    reason: ['service-account', 'no-ghost-association'],
  },
  {
    when: 'it is annotated with a role that trusts Pod Identity alone, and there is no association',
    trust: [podIdentityStatement()],
    is: 'broken',
    mechanism: 'pod-identity',
    reason: ['association', 'use-pod-identity-association'],
  },
  {
    when: 'associations were not read, and it has no annotation',
    accounts: [BARE],
    cluster: { podIdentityAssociations: undefined },
    is: 'unknown',
  },
];

describe('explain, with Kubernetes read', () => {
  it.each(situations)('$is: $when', (one) => {
    const { verdict, mechanism, reason, steps, repair } = explain(one);
    const said = { reason, steps };
    expect({ verdict, said }).toEqual({ verdict: one.is, said });
    if (one.mechanism !== undefined) expect(mechanism).toBe(one.mechanism);
    if (one.is === 'works') expect(reason).toBeNull();
    if (one.is !== 'unknown') expect(steps.filter(({ status }) => status === 'unknown')).toEqual([]);
    if (one.reason !== undefined) expect(reason).toMatchObject({ check: one.reason[0], rule: one.reason[1] });
    const words = [reason?.detail, ...steps.map(({ detail }) => detail)].join('\n');
    if (one.says !== undefined) expect(words).toMatch(one.says);
    if (one.repair !== undefined) expect(repair?.text).toMatch(one.repair);
    if (one.is === 'broken') expect(repair?.text ?? '').not.toBe('');
  });

  it('says what is missing where the list was read in part', () => {
    const { verdict, steps } = explain({ when: '', is: 'unknown', accounts: [], kubernetes: {} });
    expect(verdict).toBe('broken');
    expect(steps.find(({ check }) => check === 'service-account')?.status).toBe('fail');
    const estate = buildEstate({
      ...trusting([irsaStatement()], { clusters: [clusterWith({ serviceAccounts: [] })] }),
      coverage: [
        {
          account: '111122223333',
          region: 'eu-west-1',
          cluster: 'shop',
          read: 'kubernetes:serviceaccounts',
          reason: 'forbidden',
        },
      ],
    });
    const [cluster] = estate.clusters;
    if (cluster === undefined) throw new Error('the estate has a cluster');
    const partly = explainServiceAccount(estate, {
      cluster,
      namespace: 'shop',
      serviceAccount: 'checkout',
    });
    expect(partly.verdict).toBe('unknown');
    expect(partly.steps.find(({ check }) => check === 'service-account')).toMatchObject({
      status: 'unknown',
      detail: 'Not known: kubernetes:serviceaccounts is missing (forbidden).',
    });
  });
});

const annotations = fc.constantFrom<Record<string, string> | undefined>(
  undefined,
  { [KEY]: '' },
  { [KEY]: ROLE_ARN },
  { [KEY]: ROLE_ARN },
  { [KEY]: ROLE_ARN, [AUDIENCE]: 'vault' },
  { [KEY]: `${ROLE_ARN} ` },
  { [KEY]: OTHER },
  { [KEY]: 'checkout' },
  { 'eks.amazonaws.com/rolearn': ROLE_ARN },
);
const trusts = fc.subarray<Json>(
  [
    irsaStatement(),
    forAudience('vault'),
    podIdentityStatement(),
    ANY_POD,
    irsaStatement({ Action: 'sts:AssumeRole' }),
    irsaStatement({ Condition: { StringLike: { [`${ISSUER}:sub`]: 'system:serviceaccount:*:checkout' } } }),
    irsaStatement({ Condition: { StringEquals: { [`${ISSUER}:sub`]: 'system:serviceaccount:shop:*' } } }),
    irsaStatement({ Effect: 'Deny', Condition: { StringEquals: { [`${ISSUER}:aud`]: 'vault' } } }),
    EC2,
  ],
  { minLength: 1, maxLength: 4 },
);
interface Generated {
  readonly exists: boolean;
  readonly annotations: Readonly<Record<string, string>> | undefined;
  readonly trust: readonly Json[];
  readonly clientIds: string[];
  readonly associated: string | undefined;
  readonly role: string | undefined;
}

const generated: fc.Arbitrary<Generated> = fc.record({
  exists: fc.boolean(),
  annotations,
  trust: trusts,
  clientIds: fc.subarray(['sts.amazonaws.com', 'vault']),
  associated: fc.constantFrom(undefined, undefined, ROLE_ARN, OTHER),
  role: fc.constantFrom(undefined, ROLE_ARN, OTHER),
});

/** What AWS and the webhook do, without any of the explanation: null where no role is reached. */
function reached(one: Generated): string | null {
  if (!one.exists) return null;
  const { policy } = parsePolicy(trustPolicy(...one.trust), 'trust');
  if (policy === null) return null;
  const compiled = compile(policy);
  const place = { namespace: 'shop', serviceAccount: 'checkout' };
  if (one.associated !== undefined) {
    const i = { clusterArn: CLUSTER_ARN, account: ACCOUNT, ...place, tags: true };
    const { assume, tagSession } = podIdentityRequests({ ...i, roleArn: ROLE_ARN });
    const calls = tagSession === null ? [assume] : [assume, tagSession];
    const allowed = calls.every((request) => decide(compiled, request) === 'allowed');
    return one.associated === ROLE_ARN && allowed ? ROLE_ARN : null;
  }
  const audience = one.annotations?.[AUDIENCE] ?? 'sts.amazonaws.com';
  if (one.annotations?.[KEY] !== ROLE_ARN || !one.clientIds.includes(audience)) return null;
  const subject = 'system:serviceaccount:shop:checkout';
  const request = webIdentityRequest({
    provider: PROVIDER,
    issuerKey: ISSUER,
    subject,
    audience,
    roleArn: ROLE_ARN,
  });
  return decide(compiled, request) === 'allowed' ? ROLE_ARN : null;
}

describe('explain, whatever Kubernetes and IAM hold', () => {
  it('reaches works or broken without unknown steps, and works exactly when the role is reached', () => {
    fc.assert(
      fc.property(generated, (one) => {
        const account = one.annotations === undefined ? BARE : annotated(one.annotations);
        const { verdict, steps, reason, repair } = explain({
          when: '',
          is: 'works',
          accounts: one.exists ? [account] : [],
          trust: one.trust,
          clientIds: one.clientIds,
          cluster:
            one.associated === undefined
              ? {}
              : { podIdentityAssociations: [association({ roleArn: one.associated })] },
          ...(one.role === undefined ? {} : { role: one.role }),
        });
        expect(steps.filter(({ status }) => status === 'unknown')).toEqual([]);
        const end = reached(one);
        const right = end !== null && (one.role === undefined || one.role === end);
        expect({ verdict, reason }).toMatchObject({ verdict: right ? 'works' : 'broken' });
        expect(reason === null).toBe(right);
        expect(repair === null).toBe(right);
      }),
      { numRuns: 250 },
    );
  });
});

describe('a role with a path, and an annotation without it', () => {
  const PATHED = ROLE_ARN.replace('role/', 'role/team/');
  const explained = (roles: ReturnType<typeof role>[]) => {
    const estate = buildEstate(estateOf({ roles, clusters: [clusterWith()] }));
    const [cluster] = estate.clusters;
    if (cluster === undefined) throw new Error('no cluster');
    const question = { cluster, namespace: 'shop', serviceAccount: 'checkout', role: PATHED };
    return explainServiceAccount(estate, question).reason;
  };

  it('is named by the rule about annotations with a role that does not exist', () => {
    expect(explained([role({ arn: PATHED })])).toEqual({
      check: 'role-annotation',
      rule: 'no-missing-annotated-role',
      detail: expect.stringMatching(/That role does not exist. There is .*role\/team\/checkout: the path/),
    });
  });

  it('is no fault of the annotation where a role without the path exists too', () => {
    expect(explained([role({ arn: PATHED }), role()])).toMatchObject({
      check: 'role-annotation',
      rule: null,
    });
  });
});
