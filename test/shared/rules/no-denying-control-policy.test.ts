import { describe } from 'vitest';
import type { Snapshot } from '../../../shared/estate/snapshot.ts';
import {
  ACCOUNT,
  association,
  cluster,
  irsaStatement,
  podIdentityStatement,
  ROLE_ARN,
  role,
  trustPolicy,
} from '../../../shared/rules/examples/estate.ts';
import { nodeGroup, podGroup } from '../../../shared/rules/examples/kubernetes.ts';
import rule from '../../../shared/rules/no-denying-control-policy.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { EC2, trusting } from '../../support/rule-estates.ts';

const ORGANIZATION = 'o-a1b2c3d4e5';
const ROOT = 'r-ab12';
const UNIT = 'ou-ab12-11111111';

type Organization = NonNullable<Snapshot['organization']>;
type Policy = NonNullable<NonNullable<Organization['controlPolicies']>['resource']>['policies'][number];

const document = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const everything = (targets: string[]): Policy => ({
  id: 'p-FullAWSAccess',
  name: 'FullAWSAccess',
  document: document({ Effect: 'Allow', Action: '*', Resource: '*' }),
  targets,
});
const rcp = (parts: object, targets = [ROOT]): Policy => ({
  id: 'p-examplercp1',
  name: 'perimeter',
  document: document({ Effect: 'Deny', Principal: '*', Action: 'sts:*', Resource: '*', ...parts }),
  targets,
});
const perimeter = {
  Condition: {
    StringNotEqualsIfExists: { 'aws:PrincipalOrgID': ORGANIZATION },
    BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' },
  },
};

function of(
  estate: Snapshot,
  resource: readonly Policy[] | undefined,
  more: Partial<Organization> & { service?: readonly Policy[]; enabled?: boolean } = {},
): Snapshot {
  const { service, enabled = true, ...organization } = more;
  return {
    ...estate,
    organization: {
      complete: true,
      id: ORGANIZATION,
      managementAccount: '999999999999',
      controlPolicies: {
        ...(resource !== undefined && { resource: { enabled, policies: [...resource] } }),
        ...(service !== undefined && { service: { enabled: true, policies: [...service] } }),
        paths: { [ACCOUNT]: `${ROOT}/${UNIT}` },
      },
      ...organization,
    },
  };
}

const TARGET = 'arn:aws:iam::111122223333:role/orders';
const irsa = trusting([irsaStatement()]);
const pods = trusting([podIdentityStatement()], {
  clusters: [cluster({ podIdentityAssociations: [association()] })],
});
const chained = trusting([podIdentityStatement()], {
  clusters: [cluster({ podIdentityAssociations: [association({ targetRoleArn: TARGET })] })],
  roles: [
    role({
      arn: TARGET,
      trustPolicy: trustPolicy({
        Effect: 'Allow',
        Principal: { AWS: ROLE_ARN },
        Action: ['sts:AssumeRole', 'sts:TagSession'],
      }),
    }),
  ],
});
const levels = [ROOT, UNIT, ACCOUNT];

const NODE = 'arn:aws:iam::111122223333:role/node';
const OTHER_NODE = 'arn:aws:iam::111122223333:role/other-node';
const node = (arn: string, more: object = {}) => role({ arn, trustPolicy: trustPolicy(EC2), ...more });
/** An association, and a node group for each of the roles. */
const onNodes = (roles: string[], more: { cluster?: object; tags?: Record<string, string> } = {}) =>
  trusting([podIdentityStatement()], {
    clusters: [
      cluster({
        podIdentityAssociations: [association()],
        nodegroups: roles.map((roleArn, index) => ({ name: `group-${index}`, roleArn })),
        ...more.cluster,
      }),
    ],
    roles: roles.map((arn) => node(arn, { tags: more.tags ?? {} })),
  });
const nodes = onNodes([NODE]);
/** Kubernetes shows the pods on nodes of one role of two. */
const podsOn = (arn: string) =>
  onNodes([NODE, OTHER_NODE], {
    cluster: {
      kubernetes: {
        pods: [podGroup({ nodes: ['a'] })],
        nodes: [nodeGroup({ id: 'a', role: arn })],
      },
    },
  });
const scp = (statement: object) => ({
  service: [
    everything(levels),
    { ...everything([UNIT]), id: 'p-scp', name: 'guard', document: document(statement) },
  ],
});
const denyNodes = (Condition?: object) =>
  scp({ Effect: 'Deny', Action: 'eks-auth:*', Resource: '*', ...(Condition && { Condition }) });
const allowing = (Action: string[]) => ({
  service: [
    everything([ROOT, ACCOUNT]),
    { ...everything([UNIT]), id: 'p-list', document: document({ Effect: 'Allow', Action, Resource: '*' }) },
  ],
});
const regions = (...names: string[]) =>
  scp({
    Effect: 'Deny',
    NotAction: ['iam:*', 'sts:*'],
    Resource: '*',
    Condition: { StringNotEquals: { 'aws:RequestedRegion': names } },
  });

describe('the agent asks for credentials with the role of its node', () => {
  ruleCases(rule, [
    {
      when: 'a service control policy denies it',
      estate: of(nodes, [], denyNodes()),
      is: 'fail',
      severity: 'high',
      says: /role\/node may not call .* The organization refuses: statement 1 of guard \(p-scp\) denies eks-auth:AssumeRoleForPodIdentity/,
    },
    {
      when: 'an allow list has EKS, and EKS Auth is a service of its own',
      estate: of(nodes, [], allowing(['eks:*', 'ec2:*', 'sts:*'])),
      is: 'fail',
      says: /no service control policy of one level allows eks-auth:AssumeRoleForPodIdentity/,
    },
    { when: 'the allow list has it', estate: of(nodes, [], allowing(['eks:*', 'eks-auth:*'])), is: 'pass' },
    {
      when: 'the region of the cluster is not allowed',
      estate: of(nodes, [], regions('us-east-1')),
      is: 'fail',
    },
    {
      when: 'the region of the cluster is one of those that are allowed',
      estate: of(nodes, [], regions('us-east-1', 'eu-west-1')),
      is: 'pass',
    },
    {
      when: 'the account is that of the management: nothing holds for it',
      estate: of(nodes, [], { ...denyNodes(), managementAccount: ACCOUNT }),
      is: 'pass',
    },
    {
      when: 'the Deny spares the role by its ARN',
      estate: of(nodes, [], denyNodes({ ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/node*' } })),
      is: 'pass',
    },
    {
      when: 'the Deny spares roles by a tag that the role has',
      estate: of(
        onNodes([NODE], { tags: { Exempt: 'yes' } }),
        [],
        denyNodes({ StringNotEquals: { 'aws:PrincipalTag/exempt': 'yes' } }),
      ),
      is: 'pass',
    },
    {
      when: 'the Deny spares roles by a tag that the role does not have',
      estate: of(nodes, [], denyNodes({ StringNotEquals: { 'aws:PrincipalTag/exempt': 'yes' } })),
      is: 'fail',
      says: /StringNotEquals aws:PrincipalTag\/exempt holds, since the request does not carry that key/,
    },
    {
      when: 'the Deny spares certificates, which hybrid nodes may have shown',
      estate: of(nodes, [], denyNodes({ StringNotEquals: { 'aws:PrincipalTag/x509Subject/OU': 'nodes' } })),
      is: 'unknown',
    },
    {
      when: 'the Deny is for strangers to the organization',
      estate: of(nodes, [], denyNodes({ StringNotEquals: { 'aws:PrincipalOrgID': ORGANIZATION } })),
      is: 'pass',
    },
    {
      when: 'the Deny is for resources outside of the unit',
      estate: of(
        nodes,
        [],
        denyNodes({
          'ForAllValues:StringNotLike': { 'aws:ResourceOrgPaths': `${ORGANIZATION}/${ROOT}/${UNIT}/*` },
        }),
      ),
      is: 'pass',
    },
    {
      when: 'the Deny asks from which network the call comes',
      estate: of(nodes, [], denyNodes({ NotIpAddressIfExists: { 'aws:SourceIp': '10.0.0.0/8' } })),
      is: 'unknown',
      says: /depends on a value that only the call carries/,
    },
    {
      when: 'it is refused to one of two roles of nodes, and nobody sees where the pods run',
      estate: of(
        onNodes([NODE, OTHER_NODE]),
        [],
        denyNodes({ ArnEquals: { 'aws:PrincipalArn': OTHER_NODE } }),
      ),
      is: 'unknown',
      says: /other-node may not/,
    },
    {
      when: 'it is refused to the role of the nodes on which the pods run',
      estate: of(podsOn(OTHER_NODE), [], denyNodes({ ArnEquals: { 'aws:PrincipalArn': OTHER_NODE } })),
      is: 'fail',
      says: /other-node/,
    },
    {
      when: 'it is refused to a role of nodes on which none of the pods run',
      estate: of(podsOn(NODE), [], denyNodes({ ArnEquals: { 'aws:PrincipalArn': OTHER_NODE } })),
      is: 'pass',
    },
    {
      when: 'service control policies were not read, resource control policies were',
      estate: of(nodes, []),
      is: 'unknown',
      says: /Service control policies above account 111122223333 are not read/,
    },
    {
      when: 'the nodes serve no association',
      estate: of(onNodes([NODE], { cluster: { podIdentityAssociations: [] } }), [], denyNodes()),
      is: 'not applicable',
    },
  ]);
});

describe('a first role assumes its target', () => {
  const away = (account: string, paths: Record<string, string>): Snapshot => {
    const estate = of(chained, [], scp(OUTSIDE));
    const there = `arn:aws:iam::${account}:role/orders`;
    const text = JSON.stringify(estate).replaceAll(TARGET, there);
    const moved: Snapshot = JSON.parse(text);
    const controlPolicies = moved.organization?.controlPolicies;
    return {
      ...moved,
      organization: {
        complete: true,
        ...moved.organization,
        ...(controlPolicies && {
          controlPolicies: { ...controlPolicies, paths: { ...controlPolicies.paths, ...paths } },
        }),
      },
    };
  };
  const OUTSIDE = {
    Effect: 'Deny',
    Action: 'sts:AssumeRole',
    Resource: '*',
    Condition: { StringNotEqualsIfExists: { 'aws:ResourceOrgID': ORGANIZATION } },
  };
  ruleCases(rule, [
    {
      when: 'a Deny of resources outside of the organization meets a target in the account',
      estate: of(chained, [], scp(OUTSIDE)),
      is: 'pass',
    },
    {
      when: 'the account of the target is another one of the organization',
      estate: away('444455556666', { '444455556666': ROOT }),
      is: 'pass',
    },
    {
      when: 'whether the account of the target is of the organization is not known',
      estate: away('444455556666', {}),
      is: 'unknown',
    },
    {
      when: 'the Deny goes by the account of the target',
      estate: of(
        chained,
        [],
        scp({ ...OUTSIDE, Condition: { StringEquals: { 'aws:ResourceAccount': ACCOUNT } } }),
      ),
      is: 'fail',
    },
    { when: 'nobody asked the organization', estate: chained, is: 'not applicable' },
    {
      when: 'the Deny goes by a tag of the first role, which it has not',
      estate: of(
        chained,
        [],
        scp({ ...OUTSIDE, Condition: { StringEquals: { 'aws:PrincipalTag/team': 'ops' } } }),
      ),
      is: 'pass',
    },
  ]);
});

ruleCases(rule, [
  {
    when: 'a data perimeter is about every action of STS: tokens have no organization',
    estate: of(irsa, [rcp(perimeter)]),
    is: 'fail',
    severity: 'high',
    says: /perimeter \(p-examplercp1\) denies sts:AssumeRoleWithWebIdentity: StringNotEqualsIfExists aws:PrincipalOrgID and BoolIfExists aws:PrincipalIsAWSService hold, since the request does not carry those keys/,
  },
  {
    when: 'it is attached to the unit, or to the account alone',
    estate: of(irsa, [rcp(perimeter, [UNIT]), { ...rcp(perimeter, [ACCOUNT]), id: 'p-two' }]),
    is: 'fail',
  },
  {
    when: 'it is attached to another unit',
    estate: of(irsa, [rcp(perimeter, ['ou-ab12-22222222'])]),
    is: 'pass',
  },
  {
    when: 'it leaves web identities out, as the published ones do',
    estate: of(irsa, [rcp({ ...perimeter, Action: ['sts:AssumeRole', 'sts:SetContext', 's3:*'] })]),
    is: 'pass',
  },
  {
    when: 'it asks for the organization without IfExists: a key that is not there differs',
    estate: of(irsa, [rcp({ Condition: { StringNotEquals: { 'aws:PrincipalOrgID': ORGANIZATION } } })]),
    is: 'fail',
  },
  {
    when: 'it excepts the role by a tag that the role has',
    estate: of(trusting([irsaStatement()], { role: { tags: { 'dp:exclude:identity': 'true' } } }), [
      rcp({
        Condition: {
          ...perimeter.Condition,
          StringNotEqualsIfExists: { 'aws:ResourceTag/dp:exclude:identity': 'true' },
        },
      }),
    ]),
    is: 'pass',
  },
  {
    when: 'it excepts roles by a tag that the role does not have',
    estate: of(trusting([irsaStatement()], { role: { tags: {} } }), [
      rcp({ Condition: { StringNotEqualsIfExists: { 'aws:ResourceTag/dp:exclude:identity': 'true' } } }),
    ]),
    is: 'fail',
  },
  {
    when: 'it lets trusted issuers in by their key',
    estate: of(irsa, [
      rcp({
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { 'ForAllValues:StringNotLike': { 'oidc.eks.eu-west-1.amazonaws.com/id/*:aud': 'x' } },
      }),
    ]),
    is: 'fail',
  },
  {
    when: 'it is about other accounts, by the account of the resource',
    estate: of(irsa, [rcp({ Condition: { StringNotEquals: { 'aws:ResourceAccount': ACCOUNT } } })]),
    is: 'pass',
  },
  {
    when: 'it is about another unit, by the path of the resource',
    estate: of(irsa, [
      rcp({
        Condition: { 'ForAnyValue:StringNotLike': { 'aws:ResourceOrgPaths': `${ORGANIZATION}/${ROOT}/*` } },
      }),
    ]),
    is: 'pass',
  },
  {
    when: 'it asks from which network the call comes, which only the call tells',
    estate: of(irsa, [rcp({ Condition: { NotIpAddressIfExists: { 'aws:SourceIp': '10.0.0.0/8' } } })]),
    is: 'unknown',
    says: /depends on a value that only the call carries/,
  },
  {
    when: 'the same perimeter meets Pod Identity, where a service of AWS calls',
    estate: of(pods, [rcp(perimeter)]),
    is: 'pass',
  },
  {
    when: 'it forgets the services of AWS, and Pod Identity is one',
    estate: of(pods, [
      rcp({ Condition: { StringNotEqualsIfExists: { 'aws:PrincipalOrgID': ORGANIZATION } } }),
    ]),
    is: 'fail',
    says: /denies sts:AssumeRole/,
  },
  {
    when: 'a guard against confused deputies finds the source in the organization',
    estate: of(pods, [
      rcp({
        Condition: {
          StringNotEqualsIfExists: { 'aws:SourceOrgID': ORGANIZATION },
          Null: { 'aws:SourceAccount': 'false' },
          Bool: { 'aws:PrincipalIsAWSService': 'true' },
        },
      }),
    ]),
    is: 'pass',
  },
  {
    when: 'such a guard names another organization',
    estate: of(pods, [
      rcp({
        Condition: {
          StringNotEqualsIfExists: { 'aws:SourceOrgID': 'o-another' },
          Bool: { 'aws:PrincipalIsAWSService': 'true' },
        },
      }),
    ]),
    is: 'fail',
  },
  {
    when: 'a service control policy keeps the first role from its target',
    estate: of(chained, [], {
      service: [
        everything(levels),
        {
          ...everything([UNIT]),
          id: 'p-scp',
          name: 'no-chaining',
          document: document({ Effect: 'Deny', Action: 'sts:AssumeRole', Resource: '*' }),
        },
      ],
    }),
    is: 'fail',
    says: /no-chaining \(p-scp\) denies sts:AssumeRole/,
  },
  {
    when: 'no service control policy of the unit allows sts:AssumeRole',
    estate: of(chained, [], {
      service: [
        everything([ROOT, ACCOUNT]),
        {
          ...everything([UNIT]),
          id: 'p-s3',
          document: document({ Effect: 'Allow', Action: 's3:*', Resource: '*' }),
        },
      ],
    }),
    is: 'fail',
    says: /no service control policy of one level allows sts:AssumeRole/,
  },
  {
    when: 'every level allows everything',
    estate: of(chained, [], { service: [everything(levels)] }),
    is: 'pass',
  },
  {
    when: 'a service control policy is no limit for calls that no principal of the account makes',
    estate: of(irsa, [], {
      service: [
        { ...everything(levels), document: document({ Effect: 'Deny', Action: '*', Resource: '*' }) },
      ],
    }),
    is: 'pass',
  },
  {
    when: 'the organization does not use such policies',
    estate: of(irsa, [rcp({})], { enabled: false }),
    is: 'pass',
  },
  {
    when: 'the account is that of the management: nothing holds for it',
    estate: of(irsa, [rcp({})], { managementAccount: ACCOUNT }),
    is: 'pass',
  },
  { when: 'it is no policy', estate: of(irsa, [{ ...rcp({}), document: '{' }]), is: 'unknown' },
  { when: 'they were asked for and not read', estate: of(irsa, undefined), is: 'unknown' },
  {
    when: 'the organization refused to tell',
    estate: {
      ...irsa,
      coverage: [{ read: 'organizations:ListPolicies', reason: 'AccessDenied' }],
    },
    is: 'unknown',
  },
  { when: 'nobody asked the organization', estate: irsa, is: 'not applicable' },
  {
    when: 'no pod gets the role',
    estate: of(
      trusting([{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }]),
      [rcp({})],
    ),
    is: 'not applicable',
  },
]);
