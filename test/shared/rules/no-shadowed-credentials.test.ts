import type { Container, PodGroup } from '../../../shared/estate/kubernetes-schema.ts';
import type { Association } from '../../../shared/estate/snapshot.ts';
import { association, estateOf, ROLE_ARN } from '../../../shared/rules/examples/estate.ts';
import {
  clusterWith,
  container,
  environment,
  IRSA_VARIABLES,
  POD_IDENTITY_VARIABLES,
  podGroup,
  serviceAccount,
} from '../../../shared/rules/examples/kubernetes.ts';
import rule from '../../../shared/rules/no-shadowed-credentials.ts';
import { ruleCases } from '../../support/rule-cases.ts';

type Env = Container['env'];
const KEYS: Env = [
  { name: 'AWS_ACCESS_KEY_ID', from: 'secret' },
  { name: 'AWS_SECRET_ACCESS_KEY', from: 'secret' },
];
const LITERAL: Env = [{ name: 'AWS_ACCESS_KEY_ID' }, { name: 'AWS_SECRET_ACCESS_KEY' }];
const OPTIONAL: Env = KEYS.map((one) => ({ ...one, optional: true }));
const irsa = (more: Env = [], changes: Partial<Container> = {}) =>
  container(IRSA_VARIABLES, { env: [...environment(IRSA_VARIABLES), ...more], ...changes });
const associated = (more: Env = [], changes: Partial<Container> = {}) =>
  container({}, { env: [...environment(POD_IDENTITY_VARIABLES), ...more], ...changes });

const annotated = (containers: Container[], pods: Partial<PodGroup> = {}) =>
  estateOf({ clusters: [clusterWith({ pods: [podGroup({ containers, ...pods })] })] });
const withAssociation = (containers: Container[], changes: Partial<Association> = {}) =>
  estateOf({
    clusters: [
      clusterWith(
        { pods: [podGroup({ containers })], serviceAccounts: [serviceAccount({ annotations: {} })] },
        { podIdentityAssociations: [association(changes)] },
      ),
    ],
  });
const { pods: _, ...withoutPods } = clusterWith().kubernetes ?? {};

ruleCases(rule, [
  { when: 'both keys come from a Secret', estate: annotated([irsa(KEYS)]), is: 'fail', severity: 'high' },
  {
    when: 'both keys are written in the specification',
    estate: annotated([irsa(LITERAL)]),
    is: 'fail',
    severity: 'high',
  },
  {
    when: 'keys come before Pod Identity',
    estate: withAssociation([associated(KEYS)]),
    is: 'fail',
    severity: 'high',
    says: /AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are set/,
  },
  {
    when: 'one of two containers has keys',
    estate: annotated([irsa(KEYS), irsa([], { name: 'worker' })]),
    is: 'fail',
    severity: 'medium',
  },
  {
    when: 'the first key alone stops some SDKs',
    estate: annotated([irsa(environment({ AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE' }))]),
    is: 'fail',
    severity: 'medium',
    says: /SDK for Python/,
  },
  {
    when: 'a web identity of the pod itself comes before its association',
    estate: withAssociation([
      associated(
        environment({
          AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/former',
          AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/secrets/tokens/aws',
        }),
      ),
    ]),
    is: 'fail',
    severity: 'high',
    says: /AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN are set/,
  },
  {
    when: 'keys beside AWS_PROFILE: one SDK takes the profile, others the keys, none the role',
    estate: annotated([irsa([...KEYS, ...environment({ AWS_PROFILE: 'shop' })])]),
    is: 'fail',
    says: /SDK for JavaScript takes the profile/,
  },
  {
    when: 'the keys are in a Secret that may be absent, as in the chart of the EBS CSI driver',
    estate: annotated([irsa(OPTIONAL)]),
    is: 'unknown',
    says: /may be absent/,
  },
  {
    when: 'AWS_PROFILE names a profile of files that are not read',
    estate: annotated([irsa(environment({ AWS_PROFILE: 'shop', AWS_CONFIG_FILE: '/aws/config' }))]),
    is: 'unknown',
    says: /AWS_PROFILE is set/,
  },
  {
    when: 'the pods were not read',
    estate: estateOf({ clusters: [{ ...clusterWith(), kubernetes: withoutPods }] }),
    is: 'unknown',
  },
  { when: 'only what the webhook gave is there', estate: annotated([irsa()]), is: 'pass' },
  { when: 'the association alone', estate: withAssociation([associated()]), is: 'pass' },
  {
    when: 'the keys are set to nothing',
    estate: annotated([irsa(environment({ AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }))]),
    is: 'pass',
  },
  {
    when: 'the second key alone, which every SDK passes over',
    estate: annotated([irsa([{ name: 'AWS_SECRET_ACCESS_KEY', from: 'secret' }])]),
    is: 'pass',
  },
  {
    when: 'whole Secrets are taken as variables',
    estate: annotated([irsa([], { envFrom: ['secret'] })]),
    is: 'pass',
  },
  {
    when: 'the own web identity is for the role that the association gives',
    estate: withAssociation([
      associated(
        environment({ AWS_ROLE_ARN: ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/secrets/tokens/aws' }),
      ),
    ]),
    is: 'pass',
  },
  {
    when: 'a sidecar that is left out by skip-containers has keys for a store of its own',
    estate: annotated([irsa(), container({}, { name: 'minio', env: KEYS })], {
      annotations: { 'eks.amazonaws.com/skip-containers': 'minio' },
    }),
    is: 'pass',
  },
  {
    when: 'AWS_ROLE_ARN beside an association, for the program to assume: SDKs pass it over',
    estate: withAssociation([
      associated(environment({ AWS_ROLE_ARN: 'arn:aws:iam::444455556666:role/dns' })),
    ]),
    is: 'pass',
  },
  {
    when: 'the pods got nothing, which no-uninjected-pod tells of',
    estate: annotated([container({}, { env: KEYS })]),
    is: 'not applicable',
  },
  {
    when: 'keys in pods of a ServiceAccount that gives them nothing',
    estate: estateOf({
      clusters: [
        clusterWith({
          serviceAccounts: [serviceAccount({ annotations: {} })],
          pods: [podGroup({ containers: [container({}, { env: KEYS })] })],
        }),
      ],
    }),
    is: 'not applicable',
  },
]);
