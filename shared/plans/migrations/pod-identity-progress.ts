import type { AssociationView, ClusterView, RoleView } from '../../estate/estate.ts';
import type { Session } from '../../estate/snapshot.ts';
import { annotatedIn, asksForRole } from '../../identity/annotated.ts';
import { providerArnFor } from '../../identity/issuer.ts';
import { restartWords } from '../../identity/pods/restart.ts';
import { type Workload, workloadName, workloadsOf } from '../../identity/pods/workloads.ts';
import { subjectOf } from '../../identity/service-account.ts';
import { admits, webDoors } from '../../rules/doors/web-door.ts';
import type { PlanContext } from '../plan-context.ts';
import { trustChange } from '../trust/edit-trust.ts';
import type { Migration } from './migration.ts';
import { stepPlan } from './migration.ts';
import { withoutProvider } from './remove-provider.ts';

/** Tokens of IRSA are used anew at least twice a day: whoever was quiet for longer has moved, or is not running. */
const QUIET = 24 * 3_600_000;

/** Which ServiceAccounts a run is about. */
export type IsMeant = (name: { namespace: string; serviceAccount: string }) => boolean;

/** How far the associations are that stand beside a working IRSA, and, when asked to finish, the end of that. */
export function migratedIn(
  cluster: ClusterView,
  isMeant: IsMeant,
  finish: boolean,
  context: PlanContext,
): Migration {
  const { estate } = context;
  const beside = (cluster.cluster.podIdentityAssociations ?? []).flatMap((association) => {
    const role = estate.roleByArn.get(association.roleArn ?? '');
    const view = { association, cluster };
    return role !== undefined && isMeant(association) && isAdmittedByIrsa(view, role, context)
      ? [{ view, role }]
      : [];
  });
  const judged = [...Map.groupBy(beside, ({ role }) => role)].map(([role, group]) =>
    roleProgress(
      role,
      group.map(({ view }) => view),
      cluster,
      finish,
      context,
    ),
  );
  return {
    plans: judged.flatMap(({ plans }) => plans),
    refused: judged.flatMap(({ refused }) => refused),
    waiting: judged.flatMap(({ waiting }) => waiting),
    done: judged.flatMap(({ done }) => done),
  };
}

function isAdmittedByIrsa(
  { association, cluster }: AssociationView,
  role: RoleView,
  { estate }: PlanContext,
): boolean {
  const door = webDoors(role, estate).find(({ issuer }) => issuer.key === cluster.issuerKey);
  const { namespace, serviceAccount } = association;
  return door !== undefined && admits(door, subjectOf(namespace, serviceAccount)) !== 'denied';
}

function roleProgress(
  role: RoleView,
  group: readonly AssociationView[],
  cluster: ClusterView,
  finish: boolean,
  context: PlanContext,
): Migration {
  const states = group.map((view) => ({ view, ...stateOf(view, role, cluster) }));
  const waiting = [
    ...states.flatMap(({ waiting: words }) => words),
    ...(finish ? stillAsking(role.role.arn, group, cluster) : []),
  ];
  const done = states.flatMap(({ done: words }) => words);
  if (!finish || waiting.length > 0) return { plans: [], refused: [], waiting, done };
  return { ...lastStep(role, group, cluster, context), done };
}

interface State {
  readonly waiting: readonly string[];
  readonly done: readonly string[];
  readonly seen: Session | undefined;
}

/** Whether an association was seen at work since it was made, and which of its pods are from before. */
export function stateOf(view: AssociationView, role: RoleView, cluster: ClusterView): State {
  const { namespace, serviceAccount } = view.association;
  const name = `${namespace}/${serviceAccount} of cluster ${cluster.cluster.name}`;
  const old = workloadsOf(cluster).filter(
    (one) => one.namespace === namespace && one.serviceAccount === serviceAccount && hasOldPods(one),
  );
  const restarts = old.map(
    (one) => `${name}: restart ${workloadName(one)}, whose pods still use IRSA: ${restartWords(one)}`,
  );
  const sessions = role.account.account.observed?.sessions;
  if (sessions === undefined)
    return {
      waiting: [...restarts, `${name}: whether it uses Pod Identity was not observed: read with --sessions.`],
      done: [],
      seen: undefined,
    };
  const source = sessions.complete ? `everything since ${sessions.since}` : 'a sample';
  const seen = seenSince(view, role, sessions.seen);
  return {
    waiting: [
      ...restarts,
      ...(seen === undefined
        ? [`${name}: not seen using Pod Identity since the association was made (${source} was looked at).`]
        : []),
    ],
    done:
      seen === undefined
        ? []
        : [
            `${name}: seen using ${role.name} by Pod Identity, last on ${seen.last} (${source} was looked at).`,
          ],
    seen,
  };
}

function hasOldPods({ groups }: Workload): boolean {
  return groups.some(({ containers }) =>
    containers.some(({ env }) => {
      const has = (name: string) => env.some((one) => one.name === name);
      return has('AWS_WEB_IDENTITY_TOKEN_FILE') && !has('AWS_CONTAINER_CREDENTIALS_FULL_URI');
    }),
  );
}

function seenSince(
  { association, cluster }: AssociationView,
  { role }: RoleView,
  seen: readonly Session[],
): Session | undefined {
  const { namespace, serviceAccount, created } = association;
  return seen.find(
    (one) =>
      one.via === 'pod-identity' &&
      one.role === role.arn &&
      one.region === cluster.region &&
      one.cluster === cluster.cluster.name &&
      one.subject === subjectOf(namespace, serviceAccount) &&
      (created === undefined || Date.parse(one.last) >= Date.parse(created)),
  );
}

/** ServiceAccounts of the cluster that get a role, read or not, by IRSA alone: its statement stays as long as there are any. */
export function stillAsking(
  roleArn: string,
  group: readonly AssociationView[],
  cluster: ClusterView,
): string[] {
  const moved = new Set(group.map(({ association: one }) => `${one.namespace}/${one.serviceAccount}`));
  const asking = annotatedIn(cluster)
    .filter(asksForRole)
    .filter(({ annotation }) => annotation.arn === roleArn)
    .map(({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}`);
  const own = workloadsOf(cluster)
    .filter(({ groups }) =>
      groups.some(({ containers }) => containers.some(({ env }) => names(env, roleArn))),
    )
    .map(({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}`)
    .filter((name) => !moved.has(name));
  return [...new Set([...asking, ...own])].map(
    (name) =>
      `${name} of cluster ${cluster.cluster.name} gets ${roleArn.slice(roleArn.lastIndexOf('/') + 1)} by IRSA and has no association: migrate it first.`,
  );
}

function names(
  env: readonly { readonly name: string; readonly value?: string | undefined }[],
  roleArn: string,
): boolean {
  return env.some(({ name, value }) => name === 'AWS_ROLE_ARN' && value === roleArn);
}

/** Takes just this cluster's OIDC provider out of the trust policy: nobody comes by it any more. */
function lastStep(
  role: RoleView,
  group: readonly AssociationView[],
  cluster: ClusterView,
  context: PlanContext,
): Migration {
  const target = `the OIDC statement of cluster ${cluster.cluster.name} in ${role.role.arn}`;
  const refused = (reasons: readonly string[]): Migration => ({
    plans: [],
    refused: [{ target, reasons }],
    waiting: [],
    done: [],
  });
  const issuer = cluster.issuerKey ?? '';
  const provider = providerArnFor(role.account.partition, role.account.id, issuer);
  const after = withoutProvider(role.role.trustPolicy, provider);
  if (after === null) return refused(['No edit of single statements takes it out: do it by hand.']);
  const change = trustChange(role, { text: 'Take the OIDC provider of the cluster out.', after });
  if (change.kind === 'declined') return refused(change.reasons);
  const step = stepPlan(
    `3-finish-${cluster.cluster.name}-${role.name}`,
    {
      kind: 'draft',
      title: `Take the OIDC provider of cluster ${cluster.cluster.name} out of the trust policy of ${role.name}.`,
      wish: 'nobody: the change only takes access away',
      changes: [change],
      takesAway: true,
      notes: [
        `Sessions of IRSA from before the last day, by ServiceAccounts that were seen using Pod Identity since, are counted as moved.`,
        ...group.map(
          ({ association: { namespace, serviceAccount } }) =>
            `The annotation has no effect any more: kubectl -n ${namespace} annotate serviceaccount ${serviceAccount} eks.amazonaws.com/role-arn- (where Helm or GitOps writes it, take it out there), or podtrust annotate --cluster ${cluster.cluster.name} --namespace ${namespace} --service-account ${serviceAccount} --remove plans it.`,
        ),
      ],
      isMoved: (session) => hasMoved(session, role, group, cluster, context),
    },
    context,
  );
  return 'plan' in step ? { plans: [step], refused: [], waiting: [], done: [] } : refused(step.reasons);
}

function hasMoved(
  session: Session,
  role: RoleView,
  group: readonly AssociationView[],
  cluster: ClusterView,
  { estate }: PlanContext,
): boolean {
  if (session.via !== 'web-identity' || session.issuer !== cluster.issuerKey) return false;
  const view = group.find(
    ({ association: { namespace, serviceAccount } }) =>
      session.subject === subjectOf(namespace, serviceAccount),
  );
  if (view === undefined) return false;
  const later = seenSince(view, role, role.account.account.observed?.sessions?.seen ?? []);
  return (
    later !== undefined &&
    Date.parse(later.last) > Date.parse(session.last) &&
    Date.parse(session.last) <= Date.parse(estate.snapshot.takenAt) - QUIET
  );
}
