import type { Change } from '../changes/change.ts';
import { ownersByTags } from '../changes/guards/ownership.ts';
import type { Ownership } from '../changes/plan.ts';
import type { Estate } from '../estate/estate.ts';

type Tags = Readonly<Record<string, string>>;

/** Who else manages what some changes change, as tags and owners tell: their next run would undo it. */
export function ownershipOf(changes: readonly Change[], estate: Estate): Ownership[] {
  const owners = changes.flatMap((change) => ownerOf(change, estate));
  return [...new Map(owners.map((owner) => [`${owner.owner} ${owner.target}`, owner])).values()];
}

function ownerOf(change: Change, estate: Estate): Ownership[] {
  const account = estate.accounts.get(change.target.account);
  switch (change.kind) {
    case 'trust-policy': {
      const { arn } = change.target;
      if (arn.includes(':role/aws-service-role/'))
        return [{ owner: 'service', evidence: 'path aws-service-role', target: arn }];
      return byTags(estate.roleByArn.get(arn)?.role.tags, arn);
    }
    case 'oidc-provider': {
      const { arn } = change.target;
      return byTags(account?.providersByArn.get(arn)?.tags, arn);
    }
    case 'pod-identity-association': {
      const { region, cluster, namespace, serviceAccount } = change.target;
      const target = `association ${namespace}/${serviceAccount} of ${cluster} (${region})`;
      const one = clusterIn(change, estate)?.podIdentityAssociations?.find(
        (each) => each.namespace === namespace && each.serviceAccount === serviceAccount,
      );
      if (one?.ownerArn !== undefined)
        return [{ owner: 'addon', evidence: `ownerArn ${one.ownerArn}`, target }];
      return byTags(one?.tags, target);
    }
    case 'access-entry':
    case 'access-policy': {
      const { region, cluster, principal } = change.target;
      const entry = clusterIn(change, estate)?.accessEntries?.find((one) => one.principalArn === principal);
      return byTags(entry?.tags, `access entry of ${principal} in ${cluster} (${region})`);
    }
    case 'addon':
    case 'authentication-mode':
    case 'aws-auth':
      return byTags(clusterIn(change, estate)?.tags, `cluster ${change.target.cluster}`);
    case 'service-account-annotation':
      // Who made the cluster says nothing of who writes its ServiceAccounts: those that do are in the plan's notes.
      return [];
  }
}

function clusterIn({ target }: Change, estate: Estate) {
  if (!('cluster' in target)) return undefined;
  return estate.accounts
    .get(target.account)
    ?.clusters.find((view) => view.region === target.region && view.cluster.name === target.cluster)?.cluster;
}

/** The first of the tools that tags name: it is the one in whose language a plan is shown. */
function byTags(tags: Tags | undefined, target: string): Ownership[] {
  const [owner] = ownersByTags(tags ?? {});
  return owner === undefined ? [] : [{ ...owner, target }];
}
