import type { Snapshot } from '../../../shared/estate/snapshot.ts';
import {
  ACCOUNT,
  association,
  cluster,
  ELSEWHERE,
  estateOf,
  ISSUER,
  irsaStatement,
  type Json,
  PROVIDER,
  podIdentityStatement,
  provider,
  ROLE_ARN,
  role,
  staleStatement,
  trustPolicy,
} from '../../../shared/rules/examples/estate.ts';
import { serviceAccount } from '../../../shared/rules/examples/kubernetes.ts';
import { trusting } from '../rule-estates.ts';
import { type Attack, beside, DECLARED, evil, example, inAccount, recorded, refused } from './attack.ts';

const conditions = (Condition: Record<string, Record<string, Json>>): Json => irsaStatement({ Condition });
const AUD = { [`${ISSUER}:aud`]: 'sts.amazonaws.com' };
const SUB = `${ISSUER}:sub`;

const wildcard = trusting([
  conditions({ StringEquals: AUD, StringLike: { [SUB]: 'system:serviceaccount:*' } }),
]);
const literal = trusting([conditions({ StringEquals: { ...AUD, [SUB]: '*' } })]);
const open = trusting([conditions({ StringEquals: AUD })]);
const negated = trusting([
  conditions({ StringEquals: AUD, StringNotLike: { [SUB]: 'system:serviceaccount:kube-system:*' } }),
]);

const PUBLIC = (...Action: string[]): Json => ({ Effect: 'Allow', Principal: '*', Action });

/** What the plan is without an annotation of the attacker, for a rule whose example is about one role. */
function unmoved(rule: string): Attack {
  return {
    who: 'annotates a ServiceAccount of theirs with the role',
    rule,
    estate: beside(example(rule), evil()),
    bindings: DECLARED,
    ends: { kind: 'ignored', without: beside(example(rule)), theirs: 'evil' },
  };
}

const stale = (tags: Record<string, string> = {}): Snapshot =>
  estateOf({
    roles: [
      role({ trustPolicy: trustPolicy(staleStatement()), tags: { 'alpha.eksctl.io/cluster-name': 'shop' } }),
    ],
    clusters: [cluster({ tags })],
    complete: true,
  });
const byName = DECLARED.map((binding) => ({ ...binding, cluster: 'shop' }));
const byTag = DECLARED.map(({ cluster: _, ...binding }) => ({
  ...binding,
  clusterTag: { key: 'stage', value: 'production' },
}));

const degraded = example('no-degraded-principal');
const orphan = estateOf({
  oidcProviders: [provider(), provider({ arn: PROVIDER.replace(ISSUER, ELSEWHERE), url: ELSEWHERE })],
  complete: true,
});
const twoAudiences = trusting(
  [conditions({ StringEquals: { [SUB]: 'system:serviceaccount:shop:checkout' } })],
  {
    oidcProviders: [provider({ clientIds: ['sts.amazonaws.com', 'vault'] })],
  },
);
const vault = {
  'eks.amazonaws.com/role-arn': ROLE_ARN,
  'eks.amazonaws.com/audience': 'vault',
};

/** Attacks on plans that edit trust policies and the providers that they name. */
export const TRUST_ATTACKS: readonly Attack[] = [
  {
    who: 'annotates a ServiceAccount of theirs with a role that does not trust it',
    rule: 'no-untrusted-service-account',
    estate: beside(trusting([irsaStatement()]), evil()),
    bindings: DECLARED,
    ends: { kind: 'waits', says: /annotation of evil\/x/ },
  },
  {
    who: 'asks by annotation for tokens that are handed to others, with a binding for the ServiceAccount',
    rule: 'no-untrusted-service-account',
    estate: inAccount(beside(trusting([irsaStatement()]), serviceAccount({ annotations: vault })), () => ({
      oidcProviders: [provider({ clientIds: ['sts.amazonaws.com', 'vault'] })],
    })),
    bindings: DECLARED,
    ends: { kind: 'waits', says: /annotation of shop\/checkout/ },
  },
  {
    who: 'creates a cluster of the name that a binding gives, after the real one is gone',
    rule: 'no-stale-issuer',
    estate: stale(),
    bindings: byName,
    ends: { kind: 'waits', says: /name or a tag only/ },
  },
  {
    who: 'tags a cluster of theirs as the binding asks',
    rule: 'no-stale-issuer',
    estate: stale({ stage: 'production' }),
    bindings: byTag,
    ends: { kind: 'waits', says: /name or a tag only/ },
  },
  ...[
    'no-mismatched-condition-key',
    'no-malformed-subject',
    'no-wrong-audience',
    'no-wrong-assume-action',
    'no-literal-wildcard',
  ].map(unmoved),
  {
    who: 'annotates a ServiceAccount of theirs with a role of which the intent is not declared',
    rule: 'no-malformed-subject',
    estate: beside(trusting([conditions({ StringEquals: { ...AUD, [SUB]: 'shop:checkout' } })]), evil()),
    ends: { kind: 'waits', says: /annotation of .*evil\/x/ },
  },
  {
    who: 'annotates a ServiceAccount of theirs beside the declared one of a literal wildcard',
    rule: 'no-literal-wildcard',
    estate: beside(literal, evil()),
    bindings: DECLARED,
    ends: { kind: 'ignored', without: beside(literal), theirs: 'evil' },
  },
  {
    who: 'annotates a ServiceAccount of theirs, where the declared one lost its annotation',
    rule: 'no-literal-wildcard',
    estate: beside(literal, serviceAccount({ annotations: {} }), evil()),
    bindings: DECLARED,
    ends: { kind: 'ignored', without: beside(literal, serviceAccount({ annotations: {} })), theirs: 'evil' },
  },
  {
    who: 'gives a cluster of theirs the name of the one that the trust policy means',
    rule: 'no-unknown-provider',
    estate: beside(example('no-unknown-provider'), evil()),
    bindings: byName,
    ends: { kind: 'declined', says: /create-open-id-connect-provider/ },
  },
  {
    who: 'annotates a ServiceAccount that a wildcard admits',
    rule: 'no-wildcard-subject',
    estate: recorded(beside(wildcard, evil()), 'shop:checkout'),
    bindings: DECLARED,
    ends: { kind: 'told', says: /evil:x/ },
  },
  {
    who: 'annotates a ServiceAccount that a wildcard admits, where nobody is declared',
    rule: 'no-wildcard-subject',
    estate: recorded(
      inAccount(beside(wildcard, evil()), () => ({})),
      'shop:checkout',
    ),
    ends: { kind: 'told', says: /evil:x/ },
  },
  {
    who: 'assumes a role that a wildcard admits, again and again',
    rule: 'no-wildcard-subject',
    estate: recorded(beside(wildcard), 'shop:checkout', 'evil:x'),
    bindings: DECLARED,
    ends: { kind: 'told', says: /evil:x/ },
  },
  {
    who: 'names a cluster as a binding does, whose issuer a wildcard admits',
    rule: 'no-wildcard-subject',
    estate: recorded(beside(wildcard)),
    bindings: byName,
    ends: { kind: 'told', says: /shop:checkout/ },
  },
  {
    who: 'annotates a ServiceAccount of a role that asks for no subject',
    rule: 'no-missing-subject',
    estate: recorded(beside(open, evil()), 'shop:checkout'),
    bindings: DECLARED,
    ends: { kind: 'told', says: /evil:x/ },
  },
  {
    who: 'annotates a ServiceAccount that a negated condition admits',
    rule: 'no-fail-open-condition',
    estate: recorded(beside(negated, evil()), 'shop:checkout'),
    bindings: DECLARED,
    ends: { kind: 'told', says: /evil:x/ },
  },
  {
    who: 'assumes a role that a negated condition admits',
    rule: 'no-fail-open-condition',
    estate: recorded(beside(negated), 'evil:x'),
    bindings: DECLARED,
    ends: { kind: 'told', says: /evil:x/ },
  },
  {
    who: 'annotates a ServiceAccount of theirs with a role that everybody may assume, but no ServiceAccount',
    rule: 'no-public-trust',
    estate: withAssociation(beside(trusting([PUBLIC('sts:AssumeRole', 'sts:TagSession')]), evil())),
    bindings: DECLARED,
    ends: {
      kind: 'ignored',
      without: withAssociation(beside(trusting([PUBLIC('sts:AssumeRole', 'sts:TagSession')]))),
      theirs: 'evil',
    },
  },
  {
    who: 'annotates a ServiceAccount of theirs with a role that everybody may assume',
    rule: 'no-public-trust',
    estate: recorded(beside(trusting([PUBLIC('sts:AssumeRoleWithWebIdentity')]), evil()), 'shop:checkout'),
    bindings: DECLARED,
    ends: { kind: 'told', says: /evil:x/ },
  },
  {
    who: 'assumes a role that everybody may assume',
    rule: 'no-public-trust',
    estate: recorded(beside(trusting([PUBLIC('sts:AssumeRoleWithWebIdentity')])), 'evil:x'),
    bindings: DECLARED,
    ends: { kind: 'told', says: /evil:x/ },
  },
  {
    who: 'has tokens for others made for a ServiceAccount of theirs',
    rule: 'use-audience-condition',
    estate: withProviders(beside(twoAudiences, evil({ annotations: vault }))),
    bindings: DECLARED,
    ends: { kind: 'ignored', without: withProviders(beside(twoAudiences)), theirs: 'vault' },
  },
  {
    who: 'makes a role anew of the name that a deleted one had',
    rule: 'no-degraded-principal',
    estate: inAccount(degraded, ({ roles = [] }) => ({
      roles: [...roles, role({ arn: `arn:aws:iam::${ACCOUNT}:role/deployer`, id: 'AROAEXAMPLEID00000002' })],
    })),
    ends: { kind: 'ignored', without: degraded, theirs: 'deployer' },
  },
  {
    who: 'goes on asking for a role by the issuer of a cluster that is gone',
    rule: 'no-orphan-provider',
    estate: refused(orphan, ELSEWHERE, 'evil:x'),
    ends: { kind: 'ignored', without: orphan, theirs: 'evil' },
  },
  {
    who: 'annotates a ServiceAccount of their cluster with a role of an account that does not know the cluster',
    rule: 'use-iam-oidc-provider',
    estate: inAccount(beside(trusting([irsaStatement()]), evil()), () => ({ oidcProviders: [] })),
    ends: { kind: 'waits', says: /annotation of .*evil\/x/ },
  },
  {
    who: 'annotates a ServiceAccount of their cluster with a role whose account takes no tokens for STS of it',
    rule: 'use-sts-audience',
    estate: inAccount(beside(trusting([irsaStatement()]), evil()), () => ({
      oidcProviders: [provider({ clientIds: [] })],
    })),
    ends: { kind: 'waits', says: /annotation of .*evil\/x/ },
  },
  {
    who: 'creates an association with a role that every association of the account may use',
    rule: 'use-scoped-pod-identity-trust',
    estate: withTheirs(trusting([podIdentityStatement({ Condition: {} })])),
    bindings: DECLARED,
    ends: { kind: 'told', says: /evil\/x/ },
  },
];

/** The declared ServiceAccount of the cluster `shop` gets the role by an association, as by its annotation. */
function withAssociation(snapshot: Snapshot): Snapshot {
  return inAccount(snapshot, ({ regions = [] }) => ({
    regions: regions.map((region) => ({
      ...region,
      clusters: (region.clusters ?? []).map((one) => ({
        ...one,
        addons: [{ name: 'eks-pod-identity-agent', status: 'ACTIVE' }],
        podIdentityAssociations: [association()],
      })),
    })),
  }));
}

function withProviders(snapshot: Snapshot): Snapshot {
  return inAccount(snapshot, () => ({
    oidcProviders: [provider({ clientIds: ['sts.amazonaws.com', 'vault'] })],
  }));
}

/** Beside the declared association in `shop` one of a cluster of the attacker's. */
function withTheirs(snapshot: Snapshot): Snapshot {
  const arn = `arn:aws:eks:eu-west-1:${ACCOUNT}:cluster/theirs`;
  const theirs = cluster({
    name: 'theirs',
    arn,
    issuer: `https://${ELSEWHERE}`,
    addons: [{ name: 'eks-pod-identity-agent', status: 'ACTIVE' }],
    podIdentityAssociations: [association({ id: 'a-evil', namespace: 'evil', serviceAccount: 'x' })],
  });
  const own = withAssociation(beside(snapshot));
  return recorded(
    inAccount(own, ({ regions = [] }) => ({
      regions: regions.map((region) => ({ ...region, clusters: [...(region.clusters ?? []), theirs] })),
    })),
  );
}
