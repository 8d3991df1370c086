import type { AssociationView, ClusterView } from '../../estate/estate.ts';
import type { Addon } from '../../estate/snapshot.ts';
import type { PlanContext } from '../plan-context.ts';
import { joinedMigrations, type Migration, refusal, stepPlan } from './migration.ts';
import { type IsMeant, stateOf, stillAsking } from './pod-identity-progress.ts';

const NOTHING: Migration = { plans: [], refused: [], waiting: [], done: [] };

/**
 * EKS says that an add-on without a ServiceAccount role uses that of its nodes (API reference, UpdateAddon), and people
 * saw an update with associations and without the role take it away, and others saw it stay.
 */
const READ_BACK =
  'Whether EKS takes the ServiceAccount role away is read back: where it stays, the plan ends taken back, nothing else is changed, and the role is to be taken out by hand.';

/** The ServiceAccount roles that add-ons keep beside associations that were seen at work: IRSA ends for them too. */
export function addonRoles(cluster: ClusterView, isMeant: IsMeant, context: PlanContext): Migration {
  return joinedMigrations(
    (cluster.cluster.addons ?? []).map((addon) => {
      const { serviceAccountRoleArn } = addon;
      const owned = ownedBy(addon, cluster);
      return serviceAccountRoleArn === undefined || owned.length === 0 || !owned.every(isMeant)
        ? NOTHING
        : withoutRole(cluster, addon, serviceAccountRoleArn, owned, context);
    }),
  );
}

function ownedBy({ name }: Addon, { cluster }: ClusterView) {
  const prefix = `${cluster.arn.replace(':cluster/', ':addon/')}/${name}/`;
  return (cluster.podIdentityAssociations ?? []).filter(({ ownerArn }) => ownerArn?.startsWith(prefix));
}

function withoutRole(
  cluster: ClusterView,
  { name, version }: Addon,
  roleArn: string,
  owned: readonly AssociationView['association'][],
  context: PlanContext,
): Migration {
  const target = `add-on ${name} of cluster ${cluster.cluster.name}`;
  const views = owned.map((association) => ({ association, cluster }));
  const { roleByArn } = context.estate;
  const states = views.map((view) => {
    const role = roleByArn.get(view.association.roleArn ?? '');
    return role === undefined ? null : stateOf(view, role, cluster);
  });
  const asking = stillAsking(roleArn, views, cluster);
  if (asking.length > 0 || states.some((state) => state === null || state.waiting.length > 0))
    return {
      ...NOTHING,
      waiting: [
        `${target} keeps its ServiceAccount role until all of its ServiceAccounts were seen using Pod Identity and its pods are new.`,
      ],
    };
  const plain = owned.map(({ serviceAccount, roleArn: own = '' }) => ({ serviceAccount, roleArn: own }));
  const state = { ...(version !== undefined && { version }), podIdentityAssociations: plain };
  const step = stepPlan(
    `3-addon-${cluster.cluster.name}-${name}`,
    {
      kind: 'draft',
      title: `Take the ServiceAccount role out of ${target}, whose associations were seen at work.`,
      wish: 'nobody: with the associations the role is ignored',
      changes: [
        {
          kind: 'addon',
          target: {
            account: cluster.account.id,
            region: cluster.region,
            cluster: cluster.cluster.name,
            addon: name,
          },
          before: { ...state, serviceAccountRoleArn: roleArn },
          after: state,
        },
      ],
      takesAway: true,
      notes: [READ_BACK, 'EKS restarts the pods of the add-on.'],
    },
    context,
  );
  return 'plan' in step ? { ...NOTHING, plans: [step] } : refusal(target, step.reasons);
}
