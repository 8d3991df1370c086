import {
  association,
  cluster,
  estateOf,
  ISSUER,
  irsaStatement,
  type Json,
} from '../../../shared/rules/examples/estate.ts';
import {
  clusterWith,
  container,
  IRSA_VARIABLES,
  podGroup,
  serviceAccount,
} from '../../../shared/rules/examples/kubernetes.ts';
import rule from '../../../shared/rules/use-role-annotation.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { trusting, without } from '../../support/rule-estates.ts';

const { annotations: _, ...BARE } = serviceAccount();
const PLAIN = podGroup({ containers: [container({})] });
const TOKEN = { audience: 'sts.amazonaws.com', path: 'token' };

const given = (
  parts: Parameters<typeof clusterWith>[0] = {},
  more: Parameters<typeof clusterWith>[1] = {},
  statement: Json = irsaStatement(),
) =>
  trusting([statement], {
    clusters: [clusterWith({ serviceAccounts: [BARE], pods: [PLAIN], ...parts }, more)],
  });
const pattern = irsaStatement({
  Condition: { StringLike: { [`${ISSUER}:sub`]: 'system:serviceaccount:shop:*' } },
});

ruleCases(rule, [
  { when: 'nothing binds it', estate: given(), is: 'fail', severity: 'medium', says: /runs 2 pods/ },
  { when: 'no pod runs as it: a tool uses its tokens', estate: given({ pods: [] }), is: 'pass' },
  {
    when: 'its pods bring token and variables themselves',
    estate: given({
      pods: [podGroup({ containers: [container(IRSA_VARIABLES)], tokens: [{ ...TOKEN, volume: 'own' }] })],
    }),
    is: 'pass',
  },
  {
    when: 'the annotation was removed, and pods still have what the webhook gave them',
    estate: given({
      pods: [podGroup({ tokens: [{ ...TOKEN, volume: 'aws-iam-token' }] })],
    }),
    is: 'fail',
  },
  {
    when: 'kube2iam serves its pods',
    estate: given({ pods: [{ ...PLAIN, annotations: { 'iam.amazonaws.com/role': 'checkout' } }] }),
    is: 'pass',
  },
  {
    when: 'the annotation sits on its pods: no-invalid-role-annotation says so',
    estate: given({
      pods: [
        {
          ...PLAIN,
          annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/checkout' },
        },
      ],
    }),
    is: 'pass',
  },
  {
    when: 'the key is misspelt: no-invalid-role-annotation says so',
    estate: given({
      serviceAccounts: [
        { ...BARE, annotations: { 'eks.amazonaws.com/rolearn': 'arn:aws:iam::111122223333:role/checkout' } },
      ],
    }),
    is: 'not applicable',
  },
  {
    when: 'an association binds it',
    estate: given({}, { podIdentityAssociations: [association()] }),
    is: 'not applicable',
  },
  {
    when: 'the trust policy lets it in by a pattern only',
    estate: given({}, {}, pattern),
    is: 'not applicable',
  },
  {
    when: 'the trust policy names it, and lets nobody in',
    estate: given({}, {}, irsaStatement({ Action: 'sts:AssumeRole' })),
    is: 'not applicable',
  },
  {
    when: 'it is annotated',
    estate: trusting([irsaStatement()], { clusters: [clusterWith()] }),
    is: 'not applicable',
  },
  {
    when: 'the trust policy names it of another cluster',
    estate: estateOf({
      clusters: [
        clusterWith(
          { serviceAccounts: [BARE], pods: [PLAIN] },
          {
            name: 'blue',
            issuer: 'https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF',
          },
        ),
      ],
      roles: trusting([irsaStatement()]).accounts[0]?.roles,
    }),
    is: 'not applicable',
  },
  { when: 'pods were not read', estate: given({ pods: undefined }), is: 'unknown' },
  {
    when: 'associations were not read',
    estate: given({}, { podIdentityAssociations: undefined }),
    is: 'unknown',
  },
  {
    when: 'Kubernetes was not read',
    estate: trusting([irsaStatement()], { clusters: [cluster()] }),
    is: 'unknown',
  },
  { when: 'roles were not read', estate: without('roles', given()), is: 'unknown' },
]);
