import type { Change, ChangeOf } from '../../changes/change.ts';
import type { ClusterView, Estate, RoleView } from '../../estate/estate.ts';
import type { Addon } from '../../estate/snapshot.ts';
import { ADDON_SERVICE_ACCOUNTS } from '../../identity/addon-service-accounts.ts';
import { type AnnotatedWithRole, annotatedIn, asksForRole } from '../../identity/annotated.ts';
import { agentStep } from '../../identity/pod-identity-runtime.ts';
import { restartWords } from '../../identity/pods/restart.ts';
import { workloadName, workloadsOf } from '../../identity/pods/workloads.ts';
import { subjectOf } from '../../identity/service-account.ts';
import { admits, NOBODY, webDoors } from '../../rules/doors/web-door.ts';
import { isDeclared } from '../../rules/intent.ts';
import { type Declined, declined } from '../draft.ts';
import { draftAgent } from '../drafts/agent.ts';
import type { PlanContext } from '../plan-context.ts';
import { trustChange } from '../trust/edit-trust.ts';
import { addonRoles } from './addon-roles.ts';
import { associationChange } from './associate.ts';
import { joinedMigrations, type Migration, type NamedPlan, refusal, stepPlan } from './migration.ts';
import { whyNotPodIdentity } from './pod-identity-limits.ts';
import { migratedIn } from './pod-identity-progress.ts';
import { podTrust } from './pod-trust.ts';

/** Which ServiceAccounts are to come to Pod Identity. */
export interface PodIdentityScope {
  readonly clusters: readonly ClusterView[];
  readonly namespace?: string;
  readonly serviceAccount?: string;
  /** True for the last step: the statements for the clusters' OIDC issuers are taken out of the trust policies. */
  readonly finish?: boolean;
}

/**
 * From IRSA to Pod Identity: the agent, then for each role the statement beside that of the OIDC issuer and the
 * associations. Only what is effective today is carried over: ServiceAccounts whose annotation really gives them a role.
 */
export function migratePodIdentity(scope: PodIdentityScope, context: PlanContext): Migration {
  return joinedMigrations(scope.clusters.map((cluster) => migrateCluster(cluster, scope, context)));
}

function migrateCluster(cluster: ClusterView, scope: PodIdentityScope, context: PlanContext): Migration {
  const name = `cluster ${cluster.cluster.name}`;
  const unread = [
    cluster.missing('podIdentityAssociations'),
    cluster.missing('addons'),
    cluster.kubernetes.missing('serviceAccounts'),
    cluster.kubernetes.missing('pods'),
  ].filter((missing) => missing !== null);
  if (unread.length > 0)
    return refusal(
      name,
      unread.map(({ read, reason }) => `${read}: ${reason}`),
    );
  const isMeant = ({ namespace, serviceAccount }: { namespace: string; serviceAccount: string }) =>
    (scope.namespace ?? namespace) === namespace &&
    (scope.serviceAccount ?? serviceAccount) === serviceAccount;
  const asking = annotatedIn(cluster).filter(asksForRole).filter(isMeant);
  const judged = asking.map((one) => ({ one, reasons: whyNotPodIdentity(one, context.estate) }));
  const fit = judged.filter(({ reasons }) => reasons.length === 0).map(({ one }) => one);
  const progress = migratedIn(cluster, isMeant, scope.finish === true, context);
  return joinedMigrations([
    {
      plans: [],
      refused: judged
        .filter(({ reasons }) => reasons.length > 0)
        .map(({ one, reasons }) => ({ target: nameOf(one), reasons })),
      waiting: [],
      done: [],
    },
    fit.length === 0 ? NOTHING : stepsFor(cluster, fit, context),
    scope.finish === true ? addonRoles(cluster, isMeant, context) : NOTHING,
    progress,
  ]);
}

const NOTHING: Migration = { plans: [], refused: [], waiting: [], done: [] };

function nameOf({ cluster, namespace, serviceAccount }: AnnotatedWithRole): string {
  return `${namespace}/${serviceAccount} of cluster ${cluster.cluster.name}`;
}

/** The agent first: an association without it would take the credentials from the next pods that start. */
function stepsFor(cluster: ClusterView, fit: readonly AnnotatedWithRole[], context: PlanContext): Migration {
  const pods = fit.flatMap(({ namespace, serviceAccount }) =>
    cluster.kubernetes.podsOf(namespace, serviceAccount),
  );
  const agent = agentStep(cluster, pods);
  if (agent.status === 'pass') return rolesOf(cluster, fit, context);
  if (cluster.cluster.addons?.some(({ name }) => name === 'eks-pod-identity-agent') === true)
    return refusal(`the agent of cluster ${cluster.cluster.name}`, [agent.detail]);
  const draft = draftAgent(cluster, context.config);
  const plan =
    draft.kind === 'declined'
      ? draft
      : stepPlan(`1-agent-${cluster.cluster.name}`, { ...draft, wish: WISH }, context);
  if ('kind' in plan) return refusal(`the agent of cluster ${cluster.cluster.name}`, plan.reasons);
  const names = fit.map(({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}`).join(', ');
  return {
    ...NOTHING,
    plans: [plan],
    waiting: [
      `Once the agent of cluster ${cluster.cluster.name} is ACTIVE, run this again to plan ${names}.`,
    ],
  };
}

const WISH = 'whoever ran podtrust migrate pod-identity';

function rolesOf(cluster: ClusterView, fit: readonly AnnotatedWithRole[], context: PlanContext): Migration {
  const groups = [...Map.groupBy(fit, ({ annotation }) => annotation.arn)].map(([arn, group]) => ({
    arn,
    ...declaredFirst(group, context),
  }));
  const steps = groups.map(({ arn, group }) => {
    const role = context.estate.roleByArn.get(arn);
    const step =
      role === undefined ? declined(`${arn} was not read.`) : roleStep(cluster, role, group, context);
    return { target: `${group.map(nameOf).join(', ')} with ${arn}`, step };
  });
  return {
    ...NOTHING,
    plans: steps.flatMap(({ step }) => ('plan' in step ? [step] : [])),
    refused: steps.flatMap(({ target, step }) => ('plan' in step ? [] : [{ target, reasons: step.reasons }])),
    waiting: groups.flatMap(({ arn, later }) =>
      later.length === 0
        ? []
        : [
            `${later.map(nameOf).join(', ')} with ${arn}: no binding declares that, so that it gets a plan of its own when the declared ones have theirs.`,
          ],
    ),
  };
}

/** Whoever approves what bindings declare does not approve what annotations alone ask for. */
function declaredFirst(
  all: readonly AnnotatedWithRole[],
  { config }: PlanContext,
): { readonly group: readonly AnnotatedWithRole[]; readonly later: readonly AnnotatedWithRole[] } {
  const { declared = [], others = [] } = Object.groupBy(all, (one) =>
    isDeclared(config, { ...one, role: one.annotation.arn }) ? 'declared' : 'others',
  );
  return declared.length === 0 ? { group: others, later: [] } : { group: declared, later: others };
}

function roleStep(
  cluster: ClusterView,
  role: RoleView,
  group: readonly AnnotatedWithRole[],
  context: PlanContext,
): NamedPlan | Declined {
  const repair = podTrust(role, cluster, group);
  if (repair !== null && 'kind' in repair) return repair;
  const trust = repair === null ? null : trustChange(role, repair);
  if (trust !== null && trust.kind === 'declined') return trust;
  const bindings = bindingChanges(cluster, role, group);
  if ('kind' in bindings) return bindings;
  const names = new Set(group.map(({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}`));
  return stepPlan(
    `2-associate-${cluster.cluster.name}-${role.name}`,
    {
      kind: 'draft',
      title: `Let ${[...names].join(', ')} of cluster ${cluster.cluster.name} come to ${role.name} by Pod Identity, and keep IRSA beside it.`,
      wish: `${WISH}: the annotations name the role, and its trust policy admits them today`,
      changes: [...(trust === null ? [] : [trust]), ...bindings],
      approval: group.flatMap((one) => patternWords(one, role, context.estate)),
      notes: [...group.flatMap(restarts), KEPT],
      isMeant: (way) =>
        way.target === role.role.arn &&
        way.identities?.every(({ namespace, serviceAccount }) =>
          names.has(`${namespace}/${serviceAccount}`),
        ) === true,
    },
    context,
  );
}

const KEPT =
  'Pods that run keep IRSA until they are made anew; the statement for the OIDC issuer stays until --finish.';

/** Associations of one's own, and for add-ons their update, since EKS makes theirs. */
function bindingChanges(
  cluster: ClusterView,
  role: RoleView,
  group: readonly AnnotatedWithRole[],
): Change[] | Declined {
  const changes: Change[] = [];
  for (const { namespace, serviceAccount } of group) {
    const addon = addonOf(cluster, namespace, serviceAccount, role.role.arn);
    if (addon === null) {
      changes.push(associationChange({ cluster, namespace, serviceAccount, role }));
      continue;
    }
    if ((addon.podIdentityAssociations ?? []).length > 0)
      return declined(
        `Add-on ${addon.name} has associations beside its role: give it one identity first (no-addon-identity-conflict).`,
      );
    changes.push(addonChange(cluster, addon, serviceAccount, role));
  }
  return changes;
}

/** The add-on to which a ServiceAccount belongs: the one that EKS knows by name, or that has the same role. */
function addonOf(
  { cluster }: ClusterView,
  namespace: string,
  serviceAccount: string,
  role: string,
): Addon | null {
  const own = (cluster.addons ?? []).filter(({ serviceAccountRoleArn }) => serviceAccountRoleArn === role);
  const known = own.find(({ name }) => {
    const [space, account] = ADDON_SERVICE_ACCOUNTS[name] ?? [];
    return space === namespace && account === serviceAccount;
  });
  return known ?? own.find(({ name }) => ADDON_SERVICE_ACCOUNTS[name] === undefined) ?? null;
}

/** Its role stays beside: with an agent it is ignored (EKS user guide, IAM roles for add-ons), and the way back is short. */
function addonChange(
  { account, region, cluster }: ClusterView,
  { name, version }: Addon,
  serviceAccount: string,
  { role }: RoleView,
): ChangeOf<'addon'> {
  const same = version === undefined ? {} : { version };
  return {
    kind: 'addon',
    target: { account: account.id, region, cluster: cluster.name, addon: name },
    before: { ...same, serviceAccountRoleArn: role.arn },
    after: {
      ...same,
      serviceAccountRoleArn: role.arn,
      podIdentityAssociations: [{ serviceAccount, roleArn: role.arn }],
    },
  };
}

/** Whoever comes in by a pattern was not meant one by one: the association would make a name of it. */
function patternWords(
  { namespace, serviceAccount, cluster }: AnnotatedWithRole,
  role: RoleView,
  estate: Estate,
): string[] {
  const door = webDoors(role, estate).find(({ issuer }) => issuer.key === cluster.issuerKey);
  if (door === undefined || admits(door, subjectOf(namespace, NOBODY)) === 'denied') return [];
  return [
    `The trust policy of ${role.name} names ${namespace}/${serviceAccount} by a pattern only, which other ServiceAccounts fit too: whoever annotated it chose the role. Make sure that it is meant.`,
  ];
}

function restarts({ cluster, namespace, serviceAccount }: AnnotatedWithRole): string[] {
  return workloadsOf(cluster)
    .filter((one) => one.namespace === namespace && one.serviceAccount === serviceAccount)
    .map((one) => `Afterwards restart ${workloadName(one)}: ${restartWords(one)}`.slice(0, 2000));
}
