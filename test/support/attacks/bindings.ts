import type { Snapshot } from '../../../shared/estate/snapshot.ts';
import {
  ACCOUNT,
  association,
  cluster,
  estateOf,
  irsaStatement,
  podIdentityStatement,
  ROLE_ARN,
  role,
  trustPolicy,
} from '../../../shared/rules/examples/estate.ts';
import { clusterWith, serviceAccount } from '../../../shared/rules/examples/kubernetes.ts';
import { trusting } from '../rule-estates.ts';
import { type Attack, beside, DECLARED, evil, example } from './attack.ts';

const ADMIN_ARN = `arn:aws:iam::${ACCOUNT}:role/admin`;
const withAdmin = (accounts: Parameters<typeof clusterWith>[0], more = {}): Snapshot =>
  estateOf({
    roles: [role(), role({ arn: ADMIN_ARN })],
    clusters: [clusterWith(accounts, more)],
  });
const NOBODY_DECLARED = /No single role is declared/;
const byName = DECLARED.map((binding) => ({ ...binding, cluster: 'shop' }));

/** What is left of a trust policy whose statement for pods was deleted. */
const deploy = {
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/deploy` },
  Action: 'sts:AssumeRole',
};

/** Attacks on plans that write annotations and associations. */
export const BINDING_ATTACKS: readonly Attack[] = [
  {
    who: 'tags a role with a ServiceAccount of theirs',
    rule: 'use-pod-identity-association',
    estate: estateOf({
      roles: [
        role({
          trustPolicy: trustPolicy(podIdentityStatement({ Condition: {} })),
          tags: {
            'kubernetes-namespace': 'evil',
            'kubernetes-service-account': 'x',
            'eks-cluster-name': 'shop',
          },
        }),
      ],
    }),
    bindings: DECLARED,
    ends: { kind: 'waits', says: /tags of checkout/ },
  },
  {
    who: 'creates a cluster of the name that a binding gives, for a role that no longer trusts the real one',
    rule: 'no-missing-binding',
    estate: trusting([deploy]),
    bindings: byName,
    ends: { kind: 'waits', says: /name or a tag only/ },
  },
  {
    who: 'annotates a ServiceAccount of theirs with a role whose statement for a declared one was deleted',
    rule: 'no-missing-binding',
    estate: beside(trusting([deploy]), evil()),
    bindings: DECLARED.map((one) => ({ ...one, serviceAccount: 'cart' })),
    ends: { kind: 'ignored', without: beside(trusting([deploy])), theirs: 'evil' },
  },
  {
    who: 'creates an association for a ServiceAccount of theirs',
    rule: 'no-untrusted-association',
    estate: estateOf({
      roles: [role({ trustPolicy: trustPolicy(podIdentityStatement()) })],
      clusters: [
        cluster({
          addons: [{ name: 'eks-pod-identity-agent', status: 'ACTIVE' }],
          podIdentityAssociations: [
            association(),
            association({ id: 'a-evil', namespace: 'evil', serviceAccount: 'x' }),
          ],
        }),
      ],
    }),
    bindings: DECLARED,
    ends: { kind: 'waits', says: /association a-evil of evil\/x/ },
  },
  {
    who: 'creates an association with a target role that does not trust the first',
    rule: 'no-broken-target-role',
    estate: example('no-broken-target-role'),
    bindings: DECLARED,
    ends: { kind: 'waits', says: /whoever may create associations/ },
  },
  {
    who: 'creates associations in a cluster without agent',
    rule: 'use-pod-identity-agent',
    estate: example('use-pod-identity-agent'),
    ends: { kind: 'waits', says: /whoever may create associations/ },
  },
  {
    who: 'switches session tags off and on again',
    rule: 'no-tagless-tag-condition',
    estate: example('no-tagless-tag-condition'),
    ends: { kind: 'waits', says: /whoever may create associations/ },
  },
  {
    who: 'writes a pod that says which role it is',
    rule: 'no-untrusted-self-assumption',
    estate: example('no-untrusted-self-assumption'),
    bindings: DECLARED,
    ends: { kind: 'waits', says: /whoever may write them/ },
  },
  {
    who: 'creates a ServiceAccount of a name that a trust policy names, in a cluster of a name that a binding gives',
    rule: 'use-role-annotation',
    estate: estateOf({
      roles: [role()],
      clusters: [clusterWith({ serviceAccounts: [serviceAccount({ annotations: {} })] })],
    }),
    bindings: byName,
    ends: { kind: 'declined', says: NOBODY_DECLARED },
  },
  {
    who: 'annotates a ServiceAccount that has an association with a role that leads further',
    rule: 'no-double-binding',
    estate: withAdmin(
      {
        serviceAccounts: [serviceAccount({ annotations: { 'eks.amazonaws.com/role-arn': ADMIN_ARN } })],
      },
      { podIdentityAssociations: [association()] },
    ),
    bindings: byName,
    ends: { kind: 'declined', says: NOBODY_DECLARED },
  },
  {
    who: 'misspells an annotation, so that somebody corrects it',
    rule: 'no-invalid-role-annotation',
    estate: beside(
      trusting([irsaStatement()]),
      evil({ annotations: { 'eks.amazonaws.com/role_arn': ROLE_ARN } }),
    ),
    bindings: DECLARED,
    ends: { kind: 'declined', says: NOBODY_DECLARED },
  },
  {
    who: 'annotates with a role that is not there, next to one that is',
    rule: 'no-missing-annotated-role',
    estate: beside(
      trusting([irsaStatement()]),
      evil({ annotations: { 'eks.amazonaws.com/role-arn': `${ROLE_ARN}s` } }),
    ),
    bindings: DECLARED,
    ends: { kind: 'declined', says: NOBODY_DECLARED },
  },
];
