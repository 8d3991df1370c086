import type { Change } from '../../changes/change.ts';
import type { AssociationView, ClusterView, Estate, RoleView } from '../../estate/estate.ts';
import type { Association } from '../../estate/snapshot.ts';
import { associationsIn } from '../../identity/annotated.ts';
import { hasSessionTags } from '../../identity/diagnose-pod-identity.ts';
import { podIdentityChain } from '../../identity/pod-identity-chain.ts';
import { computeStep } from '../../identity/pod-identity-runtime.ts';
import { MOST_ASSOCIATIONS } from './associate.ts';
import type { OldCluster } from './cluster.ts';
import type { Refusal } from './migration.ts';
import type { PodName } from './pod-trust.ts';

/** The associations of the old cluster, as they would be in the new one. */
export interface Copied {
  readonly byRole: ReadonlyMap<RoleView, readonly (PodName & { readonly change: Change })[]>;
  readonly refused: readonly Refusal[];
  readonly done: readonly string[];
}

/** Copies the associations that work today; those that the new cluster has are done, others are named with the reason. */
export function copiedAssociations({ view, name }: OldCluster, to: ClusterView, estate: Estate): Copied {
  if (view === null) return { byRole: new Map(), refused: [], done: [] };
  const unread = [view, to]
    .map((one) => one.missing('podIdentityAssociations'))
    .find((missing) => missing !== null);
  if (unread != null)
    return {
      byRole: new Map(),
      refused: [{ target: 'associations', reasons: [`${unread.read}: ${unread.reason}`] }],
      done: [],
    };
  const judged = (view.cluster.podIdentityAssociations ?? []).map((association) => ({
    association,
    verdict: verdictOn({ association, cluster: view }, to, estate),
  }));
  const copies = judged.flatMap(({ association, verdict }) =>
    verdict.kind === 'copy'
      ? [
          {
            role: verdict.role,
            namespace: association.namespace,
            serviceAccount: association.serviceAccount,
            tags: hasSessionTags(association),
            change: copyOf(association, to),
          },
        ]
      : [],
  );
  return {
    byRole: Map.groupBy(copies, ({ role }) => role),
    refused: judged.flatMap(({ association: { namespace, serviceAccount }, verdict }) =>
      verdict.kind === 'refused'
        ? [{ target: `association of ${namespace}/${serviceAccount} of ${name}`, reasons: [verdict.why] }]
        : [],
    ),
    done: judged.flatMap(({ association: { namespace, serviceAccount }, verdict }) =>
      verdict.kind === 'done'
        ? [`${namespace}/${serviceAccount} has its association in cluster ${to.cluster.name}.`]
        : [],
    ),
  };
}

type VerdictOn =
  | { readonly kind: 'copy'; readonly role: RoleView }
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly why: string };

function verdictOn(view: AssociationView, to: ClusterView, estate: Estate): VerdictOn {
  const { namespace, serviceAccount, roleArn, targetRoleArn, ownerArn } = view.association;
  const refused = (why: string): VerdictOn => ({ kind: 'refused', why });
  const role = estate.roleByArn.get(roleArn ?? '');
  const present = associationsIn(to).get(`${namespace}/${serviceAccount}`);
  if (present !== undefined)
    return present.roleArn === roleArn && present.targetRoleArn === targetRoleArn
      ? { kind: 'done' }
      : refused(
          `Cluster ${to.cluster.name} has another one for it, with ${present.roleArn ?? 'a role that was not read'}.`,
        );
  if (ownerArn !== undefined)
    return refused(
      `Add-on ${ownerArn.split('/')[2] ?? ownerArn} makes it: install the add-on with the role in cluster ${to.cluster.name}.`,
    );
  if (role === undefined) return refused(`Its role ${roleArn ?? ''} does not exist, or was not read.`);
  if (role.account.id !== to.account.id)
    return refused(
      `An association takes roles of the cluster's account ${to.account.id} alone, and ${role.role.arn} is in ${role.account.id}.`,
    );
  if ((to.cluster.podIdentityAssociations?.length ?? 0) >= MOST_ASSOCIATIONS)
    return refused(
      `Cluster ${to.cluster.name} has ${MOST_ASSOCIATIONS} associations, and the limit cannot be raised.`,
    );
  if (targetRoleArn !== undefined)
    return refused(
      'EKS makes a new external id for its target role, which the trust policy of that has to take: associate it by hand.',
    );
  const failed = podIdentityChain(view, estate).steps.find(
    ({ check, status }) => status === 'fail' && check !== 'pod-identity-agent' && check !== 'compute',
  );
  if (failed !== undefined) return refused(`It gives nobody the role today: ${failed.detail}`);
  const compute = computeStep(to, namespace, serviceAccount);
  return compute.status === 'fail' ? refused(compute.detail) : { kind: 'copy', role };
}

function copyOf(association: Association, { account, region, cluster }: ClusterView): Change {
  const { namespace, serviceAccount, roleArn = '', disableSessionTags, policy } = association;
  return {
    kind: 'pod-identity-association',
    target: { account: account.id, region, cluster: cluster.name, namespace, serviceAccount },
    before: null,
    after: {
      roleArn,
      ...(disableSessionTags === true && { disableSessionTags }),
      ...(policy !== undefined && { policy }),
    },
  };
}
