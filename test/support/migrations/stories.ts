import type { Snapshot } from '../../../shared/estate/snapshot.ts';
import { planAnnotation, planNoAnnotation } from '../../../shared/plans/annotation/annotate.ts';
import { migrateAccessEntries } from '../../../shared/plans/migrations/access-entries.ts';
import type { Asked } from '../../../shared/plans/migrations/asked.ts';
import { planAssociation } from '../../../shared/plans/migrations/associate.ts';
import { migrateClusters } from '../../../shared/plans/migrations/cluster.ts';
import { planAccess } from '../../../shared/plans/migrations/grant-access.ts';
import { joinedMigrations, type NamedPlan } from '../../../shared/plans/migrations/migration.ts';
import { migratePodIdentity } from '../../../shared/plans/migrations/pod-identity.ts';
import type { PlanContext } from '../../../shared/plans/plan-context.ts';
import { everybodyMoved, onlyRead } from './moved.ts';

/** Something that somebody asks for until nothing is left, and what they see of the estate each time. */
export interface Story {
  readonly name: string;
  readonly sees: (snapshot: Snapshot) => Snapshot;
  /** The plans that are left; the last step is asked for when everything else is done. */
  readonly asks: (context: PlanContext, finish: boolean) => readonly NamedPlan[];
}

/** The cluster of a name in the demo organization. */
function clusterIn({ estate }: PlanContext, name: string) {
  const found = estate.clustersByName.get(name)?.[0];
  if (found === undefined) throw new Error(`no cluster ${name}`);
  return found;
}

function planOf(name: string, asked: Asked): NamedPlan[] {
  if (asked.kind === 'declined') throw new Error(asked.reasons.join(' '));
  return asked.kind === 'plan' ? [{ name, plan: asked.plan }] : [];
}

/** Every migration and every grant of the command line, over the demo organization. */
export const STORIES: readonly Story[] = [
  {
    name: 'migrate pod-identity',
    sees: everybodyMoved,
    asks: (context, finish) =>
      migratePodIdentity({ clusters: context.estate.clusters, finish }, context).plans,
  },
  {
    name: 'migrate access-entries',
    sees: onlyRead,
    asks: (context, finish) =>
      joinedMigrations(
        context.estate.clusters.map((cluster) =>
          migrateAccessEntries({ cluster, changeMode: true, finish }, context),
        ),
      ).plans,
  },
  {
    name: 'migrate cluster',
    sees: everybodyMoved,
    asks: (context, finish) => {
      const old = clusterIn(context, 'prod-data');
      const from = { view: old, name: 'prod-data', issuerKey: old.issuerKey ?? '' };
      return migrateClusters({ from, to: clusterIn(context, 'prod-edge'), finish }, context).plans;
    },
  },
  {
    name: 'grant-access',
    sees: onlyRead,
    asks: (context) => {
      const cluster = clusterIn(context, 'prod-data');
      const principal = `arn:aws:iam::${cluster.account.id}:role/prod-shop-ebs-csi`;
      return planOf(
        'grant',
        planAccess({ cluster, principal, policy: 'AmazonEKSViewPolicy', namespaces: ['shop'] }, context),
      );
    },
  },
  {
    name: 'associate',
    sees: onlyRead,
    asks: (context) => {
      const cluster = clusterIn(context, 'prod-shop');
      const role = context.estate.roles.find(({ name }) => name === 'prod-shop-ebs-csi');
      if (role === undefined) throw new Error('no role');
      return planOf(
        'associate',
        planAssociation({ cluster, namespace: 'shop', serviceAccount: 'fresh', role }, context),
      );
    },
  },
  {
    name: 'annotate',
    sees: onlyRead,
    asks: (context) => {
      const cluster = clusterIn(context, 'prod-shop');
      const role = `arn:aws:iam::${cluster.account.id}:role/prod-shop-ebs-csi`;
      const place = { cluster, namespace: 'shop', serviceAccount: 'pricing' };
      return planOf('annotate', planAnnotation({ ...place, role }, context));
    },
  },
  {
    name: 'annotate, another role from another account',
    sees: onlyRead,
    asks: (context) => {
      const cluster = clusterIn(context, 'prod-shop');
      const role = context.estate.roles.find(({ name }) => name === 'staging-shop-catalog')?.role.arn ?? '';
      const place = { cluster, namespace: 'shop', serviceAccount: 'cart' };
      return planOf('annotate', planAnnotation({ ...place, role }, context));
    },
  },
  {
    name: 'annotate --remove',
    sees: onlyRead,
    asks: (context) => {
      const place = { cluster: clusterIn(context, 'prod-shop'), namespace: 'shop', serviceAccount: 'cart' };
      return planOf('remove', planNoAnnotation(place, context));
    },
  },
];
