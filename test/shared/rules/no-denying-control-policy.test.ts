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
import rule from '../../../shared/rules/no-denying-control-policy.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { trusting } from '../../support/rule-estates.ts';

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

ruleCases(rule, [
  {
    when: 'a data perimeter is about every action of STS: tokens have no organization',
    estate: of(irsa, [rcp(perimeter)]),
    is: 'fail',
    severity: 'high',
    says: /perimeter \(p-examplercp1\) denies sts:AssumeRoleWithWebIdentity/,
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
