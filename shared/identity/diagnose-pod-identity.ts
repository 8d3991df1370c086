import type { AssociationView, Estate, RoleView } from '../estate/estate.ts';
import type { CompiledPolicy, CompiledStatement } from '../iam/compile.ts';
import { podIdentityRequests } from '../iam/requests.ts';
import { admitsNobody } from './admits-nobody.ts';
import { bounded } from './bounded.ts';
import type { Repair } from './chain.ts';
import { isPositive } from './claim-flaws.ts';
import { isClosedByNotAction } from './closed-by-not-action.ts';
import type { Diagnosis, Fault, TrustRule } from './fault.ts';
import { type Flaw, rootFlaw } from './flaw.ts';
import { inspectPodIdentity, inspectStatement, type PodIdentityCalls } from './pod-identity-flaws.ts';
import { POD_IDENTITY_SERVICE } from './service-account.ts';
import { allowsOf } from './statements.ts';

const NOTHING: Diagnosis = { faults: [], undecided: [] };

/**
 * Diagnoses one Allow statement for `pods.eks.amazonaws.com`: can it let in the associations that name the role, or, where
 * there are none, any association at all? What an association alone fails by (its cluster, its namespace) is not the
 * statement's fault but the association's: no-untrusted-association.
 */
export function diagnosePodIdentity(
  compiled: CompiledStatement,
  trust: CompiledPolicy,
  role: RoleView,
  estate: Estate,
): Diagnosis {
  const caller = { kind: 'service', service: POD_IDENTITY_SERVICE } as const;
  const named = compiled.statement.principal?.entries.some(
    ({ kind, value }) => kind === 'Service' && value.toLowerCase() === POD_IDENTITY_SERVICE,
  );
  if (named !== true || compiled.principal(caller) === 'no') return NOTHING;
  const associations = (estate.associationsByRole.get(role.role.arn) ?? []).filter(
    ({ association }) => association.roleArn === role.role.arn,
  );
  const calls =
    associations.length > 0
      ? associations.map((view) => callsOf(view, role))
      : [typicalCalls(compiled, role)];
  const flaws: Flaw[] = [];
  for (const call of calls) {
    if (inspectPodIdentity(trust, call).outcome !== 'denied') return NOTHING;
    const { flaws: found } = inspectStatement(compiled, call.assume, call);
    const root = rootFlaw(found);
    if (root === undefined) return NOTHING;
    flaws.push(root);
  }
  const root = rootFlaw(flaws);
  if (root === undefined) return NOTHING;
  const hopeless = root.rule === null && admitsNobody(trust.policy, compiled.statement.index);
  const rule = hopeless ? 'no-unsatisfiable-trust' : root.rule;
  if (rule === null || rule === 'no-tagless-tag-condition') return NOTHING;
  if (rule === 'no-wrong-assume-action' && isCompanion(compiled, trust)) return NOTHING;
  return { faults: [faultOf(compiled, rule, root, associations)], undecided: [] };
}

/** A statement for session tags alone goes with one that lets the service in. */
function isCompanion(compiled: CompiledStatement, trust: CompiledPolicy): boolean {
  const caller = { kind: 'service', service: POD_IDENTITY_SERVICE } as const;
  return allowsOf(trust).some(
    (other) => other !== compiled && other.principal(caller) !== 'no' && other.action('sts:AssumeRole'),
  );
}

/** The calls that EKS makes for an association. */
export function callsOf({ association, cluster }: AssociationView, role: RoleView): PodIdentityCalls {
  const i = {
    clusterArn: cluster.cluster.arn,
    account: cluster.account.id,
    namespace: association.namespace,
    serviceAccount: association.serviceAccount,
    roleArn: role.role.arn,
    ...(cluster.account.organization !== undefined && { organization: cluster.account.organization }),
    at: cluster.account.takenAt,
  };
  if (hasSessionTags(association)) return podIdentityRequests({ ...i, tags: true });
  return {
    ...podIdentityRequests({ ...i, tags: false }),
    withTags: podIdentityRequests({ ...i, tags: true }).assume,
  };
}

/** Session tags are off when asked for, and whenever a session policy is set (EKS API reference, CreatePodIdentityAssociation). */
export function hasSessionTags(association: AssociationView['association']): boolean {
  return association.disableSessionTags !== true && association.policy === undefined;
}

/** Calls that fit the statement's own words as far as any can: its clusters and names, in the role's account. */
function typicalCalls({ statement }: CompiledStatement, role: RoleView): PodIdentityCalls {
  const { account } = role;
  const written = (key: string, fallback: string) =>
    statement.conditions
      .filter((condition) => condition.key.toLowerCase() === key && isPositive(condition.operator))
      .flatMap(({ values }) => values)
      .map((value) => value.replace(/[*?]+/g, 'any'))[0] ?? fallback;
  const cluster =
    role.account.clusters[0]?.cluster.arn ?? `arn:${account.partition}:eks:any:${account.id}:cluster/any`;
  return podIdentityRequests({
    clusterArn: written('aws:sourcearn', written('aws:requesttag/eks-cluster-arn', cluster)),
    account: written('aws:sourceaccount', account.id),
    namespace: written('aws:requesttag/kubernetes-namespace', 'default'),
    serviceAccount: written('aws:requesttag/kubernetes-service-account', 'default'),
    tags: true,
    roleArn: role.role.arn,
    ...(account.organization !== undefined && { organization: account.organization }),
    at: account.takenAt,
  });
}

/** What to do about slips that look the same under a provider, and are mended otherwise. */
const REPAIRS: Partial<Record<TrustRule, Repair>> = {
  'no-literal-wildcard': {
    text: 'Name what is meant without wildcards. ArnLike for ARNs and StringLike for names would take them, and let in every association that fits.',
  },
  'no-mismatched-condition-key': {
    text: `Give ${POD_IDENTITY_SERVICE} a statement of its own, with aws:SourceArn for the cluster and aws:RequestTag/kubernetes-namespace and aws:RequestTag/kubernetes-service-account for the pods; claims of tokens belong to the statement of the provider.`,
  },
};

function faultOf(
  compiled: CompiledStatement,
  rule: TrustRule,
  flaw: Flaw,
  associations: readonly AssociationView[],
): Fault {
  const [only, ...more] = associations;
  const one = only !== undefined && more.length === 0 ? only : undefined;
  return {
    rule,
    statement: compiled.statement.index,
    ...(one === undefined
      ? {}
      : {
          cluster: one.cluster,
          namespace: one.association.namespace,
          serviceAccount: one.association.serviceAccount,
        }),
    detail: bounded(flaw.detail),
    evidence: { service: POD_IDENTITY_SERVICE, value: flaw.value, pointer: flaw.pointer },
    consequences: [
      ...(rule === 'no-wrong-assume-action' && isClosedByNotAction(compiled.statement)
        ? ['no-negated-trust']
        : []),
      ...(associations.length > 0 ? ['no-untrusted-association'] : []),
    ],
    identity: `${POD_IDENTITY_SERVICE} ${flaw.value}`,
    repair: REPAIRS[rule] ?? null,
  };
}
