import { expect, it } from 'vitest';
import { association, estateOf, role } from '../../../shared/rules/examples/estate.ts';
import {
  clusterWith,
  container,
  IRSA_VARIABLES,
  podGroup,
  serviceAccount,
} from '../../../shared/rules/examples/kubernetes.ts';
import rule from '../../../shared/rules/no-invalid-role-annotation.ts';
import { onlyFailure, ruleCases } from '../../support/rule-cases.ts';

const ROLE = 'arn:aws:iam::111122223333:role/checkout';
const KEY = 'eks.amazonaws.com/role-arn';

const on = (
  annotations: Record<string, string> | undefined,
  parts: Parameters<typeof clusterWith>[0] = {},
) => {
  const { annotations: _, ...bare } = serviceAccount();
  const one = annotations === undefined ? bare : { ...bare, annotations };
  return estateOf({ clusters: [clusterWith({ serviceAccounts: [one], ...parts })], roles: [role()] });
};
const onPod = (annotations: Record<string, string>, changes: Parameters<typeof podGroup>[0] = {}) =>
  podGroup({ annotations, containers: [container({})], ...changes });

ruleCases(rule, [
  { when: 'the whole ARN under the right key', estate: on({ [KEY]: ROLE }), is: 'pass' },
  { when: 'an ARN with a path', estate: on({ [KEY]: 'arn:aws:iam::111122223333:role/a/b/c' }), is: 'pass' },
  {
    when: 'another tool keeps the ARN under its own key beside the right one',
    estate: on({ [KEY]: ROLE, 'eks.amazonaws.com/role': ROLE }),
    is: 'pass',
  },
  ...(
    [
      ['the ARN of a session', 'arn:aws:sts::111122223333:assumed-role/checkout/session', /session/],
      ['a space at its end', `${ROLE} `, /white space/],
      ['a line break at its end', `${ROLE}\n`, /white space/],
      ['quotation marks', `"${ROLE}"`, /quotation marks/],
      ['the name alone', 'checkout', /whole ARN/],
      ['a placeholder', `arn:aws:iam::\${ACCOUNT_ID}:role/checkout`, /placeholder/],
      ['a placeholder in angle brackets', 'arn:aws:iam::<account>:role/checkout', /placeholder/],
      ['an instance profile', 'arn:aws:iam::111122223333:instance-profile/checkout', /instance profile/],
      ['a user', 'arn:aws:iam::111122223333:user/checkout', /something else/],
      ['eleven digits', 'arn:aws:iam::11112222333:role/checkout', /twelve digits/],
      ['a colon for the slash', 'arn:aws:iam::111122223333:role:checkout', /role\//],
      ['a region', 'arn:aws:iam:eu-west-1:111122223333:role/checkout', /no region/],
      ['the partition of China', 'arn:aws-cn:iam::111122223333:role/checkout', /partition is aws-cn/],
      ['no name', 'arn:aws:iam::111122223333:role/', /no ARN of a role|role\//],
    ] as const
  ).map(([what, value, says]) => ({
    when: `the value is wrong: ${what}`,
    estate: on({ [KEY]: value }),
    is: 'fail' as const,
    severity: 'high' as const,
    says,
  })),
  ...[
    'eks.amazonaws.com/rolearn',
    'eks.amazonaws.com/role_arn',
    'eks.amazonaws.com/iam-role',
    'Eks.amazonaws.com/role-arn',
    'eks.amazon.com/role-arn',
    'eks.amazonaws.com.cn/role-arn',
    'amazonaws.com/role-arn',
  ].map((key) => ({ when: `the key is ${key}`, estate: on({ [key]: ROLE }), is: 'fail' as const, count: 1 })),
  {
    when: 'kube2iam reads its own key',
    estate: on({ 'iam.amazonaws.com/role': ROLE }),
    is: 'not applicable',
  },
  {
    when: 'a controller keeps a role for its own use',
    estate: on({ 'secrets.example.com/vault-role': ROLE }),
    is: 'not applicable',
  },
  {
    when: 'the annotation sits on the pods alone',
    estate: on(undefined, { pods: [onPod({ [KEY]: ROLE })] }),
    is: 'fail',
    says: /pods are annotated/,
  },
  {
    when: 'it sits on the pods and on the ServiceAccount',
    estate: on({ [KEY]: ROLE }, { pods: [onPod({ [KEY]: ROLE })] }),
    is: 'pass',
  },
  {
    when: 'annotated pods set up their web identity themselves',
    estate: on(undefined, {
      pods: [
        onPod(
          { [KEY]: ROLE },
          {
            containers: [container(IRSA_VARIABLES)],
            tokens: [{ volume: 'own', audience: 'sts.amazonaws.com', path: 'token' }],
          },
        ),
      ],
    }),
    is: 'not applicable',
  },
  {
    when: 'an association makes the annotation idle',
    estate: estateOf({
      clusters: [
        clusterWith(
          { serviceAccounts: [serviceAccount({ annotations: { [KEY]: 'checkout' } })] },
          { podIdentityAssociations: [association()] },
        ),
      ],
    }),
    is: 'not applicable',
  },
  { when: 'an empty annotation', estate: on({ [KEY]: '' }), is: 'not applicable' },
  {
    when: 'nobody runs',
    estate: on({ [KEY]: 'checkout' }, { pods: [] }),
    is: 'fail',
    severity: 'medium',
  },
  {
    when: 'associations were not read',
    estate: estateOf({
      clusters: [
        {
          ...clusterWith({ serviceAccounts: [serviceAccount({ annotations: { [KEY]: 'checkout' } })] }),
          podIdentityAssociations: undefined,
        },
      ],
    }),
    is: 'unknown',
  },
  { when: 'pods were not read', estate: on({ [KEY]: ROLE }, { pods: undefined }), is: 'unknown' },
]);

it.each([
  ['arn:aws:sts::111122223333:assumed-role/checkout/session', ROLE],
  [`" ${ROLE} "`, ROLE],
  ['arn:aws-cn:iam::111122223333:role/a/checkout', 'arn:aws:iam::111122223333:role/a/checkout'],
  ['arn:aws:iam::111122223333:role:checkout', ROLE],
])('says which role %s means', (value, meant) => {
  expect(onlyFailure(rule, on({ [KEY]: value })).evidence).toMatchObject({ meant });
});
